"""The staff app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    """People: who they are, what they hold, whether they may work now."""

    name = "staff"
    verbose_name = _("People")

    def ready(self) -> None:
        from staff import events, history, listening  # noqa: F401
