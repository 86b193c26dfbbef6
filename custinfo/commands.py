"""No side entrance (law 12): what is refused, and the record of every command before it starts."""

import getpass
import os
from typing import Any

from django.core.checks import Tags
from django.core.checks.registry import registry
from django.core.management.base import ALL_CHECKS, BaseCommand
from django.db import DatabaseError, connections

from custinfo.start import leave_what_is_loaded

PAST_EVERY_RULE = frozenset({"shell", "dbshell", "dumpdata", "loaddata", "testserver"})
"""Commands that show or change whole tables without a decision or an event: refused in production."""

NEVER = {
    "auditlogflush": "the history of changes is append-only",
    "changepassword": "people set their own passwords, through an enrolment link (law 8)",
    "createsuperuser": "there are no superusers (law 8)",
}
"""Commands of others that would break a law, and why they are refused everywhere."""

BUILDING = frozenset(
    {
        "check",
        "collectstatic",
        "make_keys",
        "makemigrations",
        "messages",
        "migrate",
        "restore",
        "showmigrations",
    }
)
"""Commands that must work before there is a trail, or a database at all: recorded where a trail answers."""


def watch() -> None:
    """Record, or refuse, each command given on a command line, whatever program reads that line."""
    original = BaseCommand.run_from_argv
    if getattr(original, "watched", False):
        return

    def run_from_argv(self: BaseCommand, argv: list[str]) -> None:
        record(argv[1], argv[2:])
        refuse(argv[1])
        self.requires_system_checks = checks_of(self)
        leave_what_is_loaded()
        original(self, argv)

    run_from_argv.watched = True  # type: ignore[attr-defined]
    BaseCommand.run_from_argv = run_from_argv  # type: ignore[method-assign]


def checks_of(command: BaseCommand) -> Any:
    """Return the system checks that a command asks for, but for those of addresses: a command answers no pages.

    They load every page, a third of a start. Web makes them before it serves, and so does `manage.py check`.
    """
    asked = command.requires_system_checks
    return sorted(registry.tags_available() - {Tags.urls}) if asked == ALL_CHECKS else asked


def refuse(name: str) -> None:
    """
    :raises SystemExit: when the command is a side entrance.
    """
    from django.conf import settings

    if name in NEVER:
        raise SystemExit(f"manage.py {name} is refused: {NEVER[name]}.")
    if settings.PRODUCTION and name in PAST_EVERY_RULE:
        raise SystemExit(f"manage.py {name} is refused in production: no side entrance (law 12).")


def record(name: str, words: list[str]) -> None:
    """Record who starts which command with which options; never what is given to them.

    :raises SystemExit: when the trail refuses, but for `BUILDING`.
    """
    from trail import services
    from trail.actor import Actor
    from trail.events import COMMAND_RAN

    by = Actor(id=None, number="system", name=_account(), mode="system")
    options = [word.split("=", 1)[0] for word in words if word.startswith("-")]
    try:
        services.record(
            COMMAND_RAN, by=by, at=services.clock(), facts={"command": name, "arguments": options}
        )
    except (services.TrailUnavailable, DatabaseError) as error:
        if name not in BUILDING:
            raise SystemExit(
                f"manage.py {name}: the trail refuses, so nothing is started ({error})."
            ) from None
    finally:
        connections["default"].close()


def _account() -> str:
    """Return the operating system's name for whoever is at the keyboard, also behind sudo."""
    try:
        account = getpass.getuser()
    except (KeyError, OSError):
        account = str(os.getuid())
    behind = os.environ.get("SUDO_USER")
    return f"{behind} as {account}" if behind else account
