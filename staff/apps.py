"""The staff app."""

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    """People: who they are, what they hold, whether they may work now."""

    name = "staff"
    verbose_name = _("People")

    def ready(self) -> None:
        from staff import events, history  # noqa: F401

        if apps.is_installed("allauth.account"):  # nobody logs in to the public process
            from staff import listening  # noqa: F401
