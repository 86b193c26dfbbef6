"""The desk app."""

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    """Pages of the workbench, and the frame of the back office."""

    name = "desk"

    def ready(self) -> None:
        from desk import events  # noqa: F401

        if apps.is_installed("django.contrib.admin"):
            from django.contrib import admin

            admin.site.index_title = _("Back office")
