"""The desk app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    """Pages of the workbench, and the frame of the back office."""

    name = "desk"

    def ready(self) -> None:
        from django.contrib import admin

        from desk import events  # noqa: F401

        admin.site.index_title = _("Back office")
