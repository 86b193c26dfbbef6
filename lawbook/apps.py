"""The lawbook app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LawbookConfig(AppConfig):
    """Law facts and the working calendar. Its events are declared by `trail`, which looks for them."""

    name = "lawbook"
    verbose_name = _("Law facts")
