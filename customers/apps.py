"""The customers app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    """Set-up of customers. Portfolios are configuration and keep an auditlog history; customers never do."""

    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from customers.models import Portfolio

        auditlog.register(Portfolio)
