"""The access app."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    """Set-up of access: its kinds of proposal; the history of rules is kept by auditlog."""

    name = "access"
    verbose_name = _("Access")

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from access import proposals
        from access.aggregates.run import AGGREGATES
        from access.consent_import.run import CHECK, IMPORT
        from access.masked_run import MASKED
        from access.models import ReadingRule
        from access.proposals import requests
        from access.services import rules
        from approvals import standing_in
        from approvals.registry import register
        from jobs.registry import register as register_job

        auditlog.register(ReadingRule)

        register(standing_in.NAME)  # here, because the public process signs nothing
        register(requests.REQUEST)
        register(rules.CHANGE)
        proposals.register()
        register_job(AGGREGATES, "access.tasks.count_portfolios", lease=timedelta(minutes=10))
        register_job(MASKED, "access.tasks.make_masked_dataset", lease=timedelta(minutes=2))
        register_job(CHECK, "access.tasks.check_consent_import")
        register_job(IMPORT, "access.tasks.run_consent_import")
