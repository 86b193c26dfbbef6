"""Rights of the limited database roles, given before the first table is made."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import pre_migrate

from custinfo.databases import APP, KEYRING_WEB, KEYRING_WORKER

GRANTS = {
    "default": {APP: "select, insert, update, delete"},
    # SECURITY: the web's role may not delete keys; only the worker's may (crypto-shred is the worker's act).
    "keyring": {KEYRING_WEB: "select, insert, update", KEYRING_WORKER: "select, insert, update, delete"},
}


def give_rights(using: str, **kwargs: Any) -> None:
    """Let the limited roles use tables that the owner makes from now on; migrations revoke what is more."""
    with connections[using].cursor() as cursor:
        for role, rights in GRANTS.get(using, {}).items():
            cursor.execute(f"grant usage on schema public to {role}")
            cursor.execute(f"alter default privileges in schema public grant {rights} on tables to {role}")
            cursor.execute(f"alter default privileges in schema public grant usage, select on sequences to {role}")


class CustinfoConfig(AppConfig):
    """The house itself; it has no models."""

    name = "custinfo"

    def ready(self) -> None:
        pre_migrate.connect(give_rights, dispatch_uid="custinfo.rights")
