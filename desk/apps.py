"""The desk app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Pages of the workbench."""

    name = "desk"

    def ready(self) -> None:
        from desk import events  # noqa: F401
