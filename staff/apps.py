"""The staff app."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """People: who they are, what they hold, whether they may work now."""

    name = "staff"

    def ready(self) -> None:
        from staff import events, history, listening  # noqa: F401
