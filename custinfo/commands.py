"""No side entrance (law 12): what is refused in production, and the record of every command before it starts."""

import getpass
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

BUILDING = frozenset(
    {"check", "collectstatic", "make_keys", "makemigrations", "messages", "migrate", "showmigrations"}
)
"""Commands that must work before there is a trail, or a database at all: recorded where a trail answers."""


class RefusedInProduction(BaseCommand):
    """Mixin: a command that reads or writes whole tables past every rule."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        from django.conf import settings

        if settings.PRODUCTION:
            # SECURITY: these would show or change customers without a decision or an event.
            raise CommandError("This command is refused in production (law 12: no side entrance).")
        return super().execute(*args, **options)


def watch() -> None:
    """Record each command that is given on a command line, whatever program reads that line."""
    original = BaseCommand.run_from_argv
    if getattr(original, "records", False):
        return

    def run_from_argv(self: BaseCommand, argv: list[str]) -> None:
        record(argv[1], argv[2:])
        original(self, argv)

    run_from_argv.records = True  # type: ignore[attr-defined]
    BaseCommand.run_from_argv = run_from_argv  # type: ignore[method-assign]


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
