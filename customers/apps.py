"""The customers app."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    """Set-up of customers. Portfolios are configuration and keep an auditlog history; customers never do."""

    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from classification import holders
        from customers.discovery.run import DISCOVERY
        from customers.imports.run import CHECK, IMPORT
        from customers.models import Portfolio
        from customers.proposals import register_kinds
        from customers.relabel.following import HOLDER
        from customers.relabel.run import RELABEL
        from customers.rotating import REINDEX, REKEY, RESEAL
        from customers.verification.run import VERIFY
        from jobs.registry import register

        auditlog.register(Portfolio)
        register(CHECK, "customers.tasks.check_import")
        register(IMPORT, "customers.tasks.run_import")
        register(RELABEL, "customers.tasks.relabel")
        holders.register(HOLDER)
        register(DISCOVERY, "customers.tasks.run_discovery")
        register(VERIFY, "customers.tasks.run_verification")
        register(REKEY, "customers.tasks.rekey")
        register(RESEAL, "customers.tasks.reseal")
        # The rewrite of the index table is one statement.
        register(REINDEX, "customers.tasks.reindex", lease=timedelta(minutes=10))
        register_kinds()
