"""The audit app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Set-up of the audit: its jobs and its kinds of proposal."""

    name = "audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        from audit import proposals

        proposals.register()
