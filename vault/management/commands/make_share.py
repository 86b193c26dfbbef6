"""`manage.py make_share NAME`: make a custodian's share, an age identity, and its public half."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from pyrage import x25519


class Command(BaseCommand):
    """Make NAME.key (mode 0600, the custodian's alone) and NAME.pub (for `split_kek`); never overwrites."""

    help = "Make a custodian's share: NAME.key, which the custodian takes away, and NAME.pub."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", type=Path, help="the custodian's name, with a directory where wanted")

    def handle(self, *args: Any, **options: Any) -> None:
        identity = x25519.Identity.generate()
        key, public = (options["name"].with_suffix(end) for end in (".key", ".pub"))
        _write(key, f"{identity}\n")
        _write(public, f"{identity.to_public()}\n")
        self.stdout.write(f"made {key}: the custodian takes it away; no copy stays on this host")
        self.stdout.write(f"made {public}: manage.py split_kek wants it")


def _write(path: Path, content: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError(f"{path} cannot be made: {error.strerror}.") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(content)
