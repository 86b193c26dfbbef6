"""The audit app."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Set-up of the audit: its jobs and its kinds of proposal."""

    name = "audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        from audit import proposals
        from audit.queries.audits import AUDIT_JOB
        from audit.run import ALERTS_JOB
        from jobs.registry import register

        # A step is a detector that reads a whole month.
        register(AUDIT_JOB, "audit.tasks.run_audit", lease=timedelta(minutes=10))
        register(ALERTS_JOB, "audit.tasks.run_alerts", lease=timedelta(minutes=10))
        proposals.register()
