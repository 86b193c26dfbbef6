"""The access app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    """Set-up of access: its kinds of proposal."""

    name = "access"
    verbose_name = _("Access")

    def ready(self) -> None:
        from access import proposals
        from access.services import rules
        from approvals.registry import register

        register(rules.CHANGE)
        proposals.register()
