"""The trail app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class TrailConfig(AppConfig):
    """Set-up of trail."""

    name = "trail"
    verbose_name = _("Trail")

    def ready(self) -> None:
        from trail import checks  # noqa: F401

        autodiscover_modules("events")
