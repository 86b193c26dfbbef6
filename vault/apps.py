"""The vault app."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Keys and seals; its models live in the `keyring` database."""

    name = "vault"

    def ready(self) -> None:
        from vault import checks  # noqa: F401  registers the checks
