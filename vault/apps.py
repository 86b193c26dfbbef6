"""The vault app."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Set-up of vault."""

    name = "vault"
