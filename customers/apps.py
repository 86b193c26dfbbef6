"""The customers app."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Set-up of customers."""

    name = "customers"
