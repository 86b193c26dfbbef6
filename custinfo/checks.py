"""What must be so before web, worker or beat may start. `custinfo.start` refuses on any error found here."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connections

SHORTEST_SECRET = 50
FEWEST_CHARACTERS = 20
KNOWN_SECRETS = ("change", "example", "insecure", "secret", "default", "replace")
OWNERS = ("DATABASE_OWNER_URL", "KEYRING_DATABASE_OWNER_URL", "RESTRICTED_DATABASE_OWNER_URL")
OPENS_L4 = (
    *("RESTRICTED_DATABASE_URL", "RESTRICTED_MAIN_DATABASE_URL", "RESTRICTED_SECRET_KEY"),
    *("RESTRICTED_KEK_FILE", "RESTRICTED_LOGIN_KEY_FILE", "RESTRICTED_KEY_FILE"),
    *("RESTRICTED_KEK_SHARES_FILE", "RESTRICTED_KEYHOLDER_SOCKET", "RESTRICTED_PKCS11_PIN_FILE"),
)
"""What the restricted host alone may have."""
NEVER_RESTRICTED = (
    *("KEK_FILE", "LOGIN_KEY_FILE", "RECEIPT_KEY_FILE", "DEPOSIT_KEY_FILE", "TRAIL_KEY_FILE"),
    *("KEK_SHARES_FILE", "KEYHOLDER_SOCKET", "PKCS11_PIN_FILE"),
    *("KEYRING_DATABASE_URL", "KEYRING_DATABASE_WORKER_URL", "REDIS_URL", "CELERY_BROKER_URL"),
    "BACKUP_DATABASE_URL",
)
"""What the main site alone may have: whoever takes over the host of L4 gets no L3."""
NEVER_PUBLIC = (
    *(
        "KEK_FILE",
        "LOGIN_KEY_FILE",
        "DEPOSIT_KEY_FILE",
        "TRAIL_KEY_FILE",
        "KEK_SHARES_FILE",
        "KEYHOLDER_SOCKET",
        "PKCS11_PIN_FILE",
        "KEYRING_DATABASE_URL",
        "KEYRING_DATABASE_WORKER_URL",
    ),
    *("BACKUP_DATABASE_URL", "CELERY_BROKER_URL", *OWNERS, *OPENS_L4),
)
READABLE_BY_CUSTOMERS = (
    "consent_",
    "classification_",
    "files_deposit",
    "trail_event",
    "staff_site",
    "staff_network",
)
"""How the names of those tables begin that hold something the public pages show or return."""
SERVER_SETTINGS = {
    "default": {"log_error_verbosity": "terse", "log_min_error_statement": "panic", "log_statement": "none"},
    "keyring": {
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_statement": "none",
        "wal_recycle": "off",  # a recycled WAL segment would keep destroyed keys (security.md, crypto-shred)
    },
}
SERVER_SETTINGS["restricted"] = SERVER_SETTINGS["keyring"]
NEVER_OFF = ("synchronous_commit", "fsync", "full_page_writes")
"""A server without one of these forgets, when it dies, events whose values were shown already."""


@register(Tags.security)
def production_has_its_own_secrets(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a default secret, DEBUG and a credential that opens more than one door."""
    if not settings.PRODUCTION:
        return []
    said: list[CheckMessage] = []
    if settings.DEBUG:
        said.append(Error("DEBUG is on in production.", id="custinfo.E101"))
    if _is_weak(settings.SECRET_KEY):
        hint = "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"
        said.append(Error("SECRET_KEY is a default or too short.", hint=hint, id="custinfo.E102"))
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        said.append(Error("ALLOWED_HOSTS must name the hosts of this site.", id="custinfo.E103"))
    if not settings.AS_OWNER:
        said += _shared_credentials()
    return said


@register(Tags.files)
def fonts_are_there(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a start that could not write a PDF."""
    missing = [path for path in settings.PDF_FONTS.values() if not Path(path).is_file()]
    if not missing:
        return []
    hint = "Run npm ci, or name TrueType files in PDF_FONT and PDF_FONT_BOLD."
    return [Error(f"Fonts are missing: {', '.join(missing)}.", hint=hint, id="custinfo.E002")]


def _is_weak(secret: str) -> bool:
    short = len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_CHARACTERS
    return short or secret.lower().startswith(KNOWN_SECRETS)


def _shared_credentials() -> list[CheckMessage]:
    said: list[CheckMessage] = []
    logins = [(database["USER"], database["PASSWORD"]) for database in settings.DATABASES.values()]
    for part, name in enumerate(("login", "password")):
        values = [login[part] for login in logins]
        if all(values) and len(set(values)) < len(values):
            said.append(Error(f"The data and the keyring share one {name}.", id="custinfo.E104"))
    if any(password.lower().startswith(KNOWN_SECRETS) for _, password in logins):
        said.append(Error("A database password is a default.", id="custinfo.E109"))
    held = [name for name in OWNERS if os.environ.get(name)]
    if held:
        message = f"{' and '.join(held)} must be given to manage.py migrate, verify_backup and restore only."
        said.append(Error(message, id="custinfo.E105"))
    return said


@register(Tags.database)
def servers_log_no_values(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse servers that log values or forget commits, and logins that are more than limited."""
    if not settings.PRODUCTION:
        return []
    said: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            for name, wanted in SERVER_SETTINGS[alias].items():
                cursor.execute(f"show {name}")
                (found,) = cursor.fetchone()
                if found != wanted:
                    message = f"The server of {alias!r} has {name} = {found}; it must be {wanted}."
                    said.append(Error(message, id="custinfo.E106"))
            for name in NEVER_OFF:
                cursor.execute(f"show {name}")
                if cursor.fetchone() == ("off",):
                    message = (
                        f"The server of {alias!r} has {name} = off; what was acknowledged could be lost."
                    )
                    said.append(Error(message, id="custinfo.E118"))
            cursor.execute(
                "select rolsuper or rolcreaterole or rolbypassrls or rolreplication from pg_roles"
                " where rolname = current_user"
            )
            if cursor.fetchone() == (True,):
                message = f"The login to {alias!r} is a superuser or may make roles."
                said.append(Error(message, id="custinfo.E107"))
    return said


@register(Tags.database)
def demo_mode_meets_demo_people_only(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse demo mode beside real people: it shows one-time codes."""
    unasked = settings.AS_OWNER or settings.PUBLIC or settings.RESTRICTED
    if not settings.DEMO or unasked or "default" not in (databases or ()):
        return []
    from staff.models import Person

    try:
        strangers = Person.objects.filter(is_demo=False).count()
    except DatabaseError:  # not migrated yet, so nobody is here
        connections["default"].close()
        return []
    if not strangers:
        return []
    message = f"Demo mode is for demo people only; {strangers} people here are not."
    return [Error(message, hint="Use CUSTINFO_MODE=production.", id="custinfo.E108")]


def web_may_not_destroy_keys() -> list[CheckMessage]:
    """Refuse a web process whose keyring login may delete: destroying a key is the worker's act."""
    if not settings.PRODUCTION:
        return []
    with connections["keyring"].cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relkind in ('r', 'p') and starts_with(relname, 'vault_')"
            " and has_table_privilege(current_user, oid, 'delete, truncate') order by relname"
        )
        tables = [name for (name,) in cursor.fetchall()]
    message = f"The web process may destroy {', '.join(tables)}; give it the keyring's web login."
    return [Error(message, id="custinfo.E110")] if tables else []


def web_may_not_sign_checkpoints() -> list[CheckMessage]:
    """Refuse a web process that holds the checkpoint key: sealing the trail is the worker's act."""
    if not settings.PRODUCTION or not settings.TRAIL_KEY_FILE:
        return []
    message = "The web process was given TRAIL_KEY_FILE; it must not have it."
    return [Error(message, hint="It is the worker's.", id="custinfo.E115")]


def site_is_not_being_restored() -> list[CheckMessage]:
    """Refuse any start before a restore has replayed what was destroyed: those people would be back."""
    from retention.backups.closing import closed

    try:
        found = closed()
        apart = _l4_is_being_restored()
    except DatabaseError:  # other checks say what is wrong with the database
        return []
    if found is None:
        return apart
    message = (
        f"The site is being restored since {found[0]:%Y-%m-%d %H:%M} UTC and stays closed until that is done."
    )
    return [Error(message, hint="Run manage.py restore --finish (docs/backups.md).", id="custinfo.E116")]


def _l4_is_being_restored() -> list[CheckMessage]:
    if not settings.RESTRICTED:
        return []
    from restricted.closing import closed

    since = closed()
    message = f"L4 is being restored since {since} and stays closed until that is done."
    return [Error(message, hint="docs/backups.md", id="custinfo.E117")] if since else []


@register(Tags.security)
def public_holds_no_keys(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a public process that was given a key, the keyring, the queue or the owner's login."""
    held = [name for name in NEVER_PUBLIC if os.environ.get(name)] if settings.PUBLIC else []
    message = f"The public process was given {', '.join(held)}; it must not have them."
    return [Error(message, id="custinfo.E111")] if held else []


@register(Tags.security)
def l4_opens_on_its_own_host_only(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a process of the main site that could open L4, and a restricted process that could open the rest."""
    if not settings.PRODUCTION or settings.PUBLIC:
        return []
    never = NEVER_RESTRICTED if settings.RESTRICTED else OPENS_L4
    held = [name for name in never if os.environ.get(name)]
    said: list[CheckMessage] = []
    if held:
        message = f"The {settings.PROCESS} process was given {', '.join(held)}; it must not have them."
        said.append(Error(message, id="custinfo.E113"))
    if settings.RESTRICTED and not settings.RESTRICTED_NETWORKS:
        message = "RESTRICTED_NETWORKS must name the networks that L4 answers to."
        said.append(Error(message, hint="RESTRICTED_NETWORKS=10.28.7.0/24", id="custinfo.E114"))
    return said


@register(Tags.database)
def public_reads_no_customer(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a public process whose login may read more than notices and links, or change anything at all."""
    if not settings.PUBLIC or "default" not in (databases or ()):
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relkind in ('r', 'p', 'v', 'm')"
            " and relnamespace = 'public'::regnamespace and ("
            " has_table_privilege(current_user, oid, 'update, delete, truncate, trigger')"
            " or has_any_column_privilege(current_user, oid, 'update')"
            " or (has_any_column_privilege(current_user, oid, 'select')"
            "     and not exists (select from unnest(%s::text[]) known where starts_with(relname, known))))"
            " order by relname",
            [list(READABLE_BY_CUSTOMERS)],
        )
        tables = [name for (name,) in cursor.fetchall()]
    message = f"The public process may read or change {', '.join(tables)}; give it the login custinfo_public."
    return [Error(message, id="custinfo.E112")] if tables else []
