"""Which database role the tests are: the owner makes and empties databases, the limited roles do the rest."""

import os
from typing import Any

from django.db import connections

from custinfo.databases import settings_for

Login = dict[str, dict[str, Any]]


def login(default: str, keyring: str, restricted: str = "RESTRICTED_DATABASE_URL") -> Login:
    """Return who to be in each database, from the names of environment variables."""
    wanted = ("USER", "PASSWORD")
    names = {"default": default, "keyring": keyring, "restricted": restricted}
    urls = {alias: os.environ[name] for alias, name in names.items()}
    return {alias: {name: settings_for(url)[name] for name in wanted} for alias, url in urls.items()}


OWNER = login("DATABASE_OWNER_URL", "KEYRING_DATABASE_OWNER_URL", "RESTRICTED_DATABASE_OWNER_URL")
APP = login("DATABASE_URL", "KEYRING_DATABASE_URL")
PUBLIC = login("PUBLIC_DATABASE_URL", "KEYRING_DATABASE_URL")
RESTRICTED = login("RESTRICTED_MAIN_DATABASE_URL", "KEYRING_DATABASE_URL")
"""The restricted host: its own role in its own database, and a narrow one in the main data."""
WORKER = login("DATABASE_URL", "KEYRING_DATABASE_WORKER_URL")


def log_in_as(who: Login) -> None:
    """Become another login in every database. The settings are shared by all threads, a live server's too."""
    for connection in connections.all():
        connection.close()
        connection.settings_dict.update(who[connection.alias])
