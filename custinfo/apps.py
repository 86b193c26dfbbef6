"""Rights of the limited database roles, given before the first table is made."""

from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import pre_migrate

from custinfo.databases import APP, KEYRING_WEB, KEYRING_WORKER, PUBLIC, RESTRICTED, RESTRICTED_MAIN

GRANTS = {
    # SECURITY: the roles of the public pages and of the restricted host get nothing by themselves; migrations grant
    # them single tables and columns (`trail.public_role`, `trail.restricted_role`).
    "default": {APP: "select, insert, update, delete", PUBLIC: "", RESTRICTED_MAIN: ""},
    # SECURITY: the web's role may not delete keys; only the worker's may (crypto-shred is the worker's act).
    "keyring": {KEYRING_WEB: "select, insert, update", KEYRING_WORKER: "select, insert, update, delete"},
    # SECURITY: nobody of the main site is named here, and `deploy/roles.sql` lets none of them connect.
    "restricted": {RESTRICTED: "select, insert, update, delete"},
}


def give_rights(using: str, **kwargs: Any) -> None:
    """Let the limited roles use tables that the owner makes from now on; migrations revoke what is more.

    Hung on one app's signal, so that it runs once per database: test databases get the same rights unchanged.
    """
    with connections[using].cursor() as cursor:
        for role, rights in GRANTS.get(using, {}).items():
            cursor.execute(f"grant usage on schema public to {role}")
            if not rights:
                continue
            given = "alter default privileges in schema public grant"
            cursor.execute(f"{given} {rights} on tables to {role}")
            cursor.execute(f"{given} usage, select on sequences to {role}")


class CustinfoConfig(AppConfig):
    """The house itself; it has no models."""

    name = "custinfo"

    def ready(self) -> None:
        from custinfo import checks, commands  # noqa: F401  checks registers itself

        commands.watch()
        once = apps.get_app_config("contenttypes")
        pre_migrate.connect(give_rights, sender=once, dispatch_uid="custinfo.rights")
