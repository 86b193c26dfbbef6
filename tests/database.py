"""Which database role the tests are: the owner makes and empties databases, the limited roles do the rest."""

import os
from typing import Any

from django.db import connections

from custinfo.databases import settings_for

Login = dict[str, dict[str, Any]]


def login(default: str, keyring: str) -> Login:
    """Return who to be in each database, from the names of two environment variables."""
    wanted = ("USER", "PASSWORD")
    urls = {"default": os.environ[default], "keyring": os.environ[keyring]}
    return {alias: {name: settings_for(url)[name] for name in wanted} for alias, url in urls.items()}


OWNER = login("DATABASE_OWNER_URL", "KEYRING_DATABASE_OWNER_URL")
APP = login("DATABASE_URL", "KEYRING_DATABASE_URL")
PUBLIC = login("PUBLIC_DATABASE_URL", "KEYRING_DATABASE_URL")
WORKER = login("DATABASE_URL", "KEYRING_DATABASE_WORKER_URL")


def log_in_as(who: Login) -> None:
    """Become another login in every database. The settings are shared by all threads, a live server's too."""
    for connection in connections.all():
        connection.close()
        connection.settings_dict.update(who[connection.alias])
