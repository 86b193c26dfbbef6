"""The custody app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustodyConfig(AppConfig):
    """Set-up of custody."""

    name = "custody"
    verbose_name = _("Keys")
