"""The access app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    """Set-up of access: its kinds of proposal; the history of rules is kept by auditlog."""

    name = "access"
    verbose_name = _("Access")

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from access import proposals
        from access.models import ReadingRule
        from access.services import rules
        from approvals.registry import register

        auditlog.register(ReadingRule)

        register(rules.CHANGE)
        proposals.register()
