"""`manage.py verify_trail`: verify the whole trail in the database. Exit codes: 0 whole, 1 tampered, 2 incomplete."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from trail.archive import archived
from trail.sealing.verification import verify
from trail.standalone.verify_trail import INCOMPLETE, Incomplete, Key, notes_in


def month(text: str) -> str:
    """Return a month as partitions are named."""
    if not re.fullmatch(r"\d{4}-\d{2}", text):
        raise ArgumentTypeError("a month reads 2026-05")
    return text.replace("-", "_")


class Command(BaseCommand):
    """Verify the trail and name the first bad event."""

    help = "Verify the whole trail: leaves, checkpoints, witnesses, partitions, triggers, rights."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--witness", type=Path, action="append", default=[], help="checkpoints that a witness kept"
        )
        parser.add_argument(
            "--key", type=Path, help="public keys from outside, instead of this site's own file"
        )
        parser.add_argument(
            "--witness-key", type=Path, help="public keys of the witness: its notes must bear one's signature"
        )
        parser.add_argument(
            "--archived", type=month, action="append", default=[], help="a month in an archive: 2026-05"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify on one snapshot, print, and leave with the exit code."""
        try:
            keys, witnesses = (
                [Key.parse(line) for line in path.read_text().split()] if path else []
                for path in (options["key"], options["witness_key"])
            )
            witnessed = [
                note for path in options["witness"] for note in notes_in(path.read_text(encoding="utf-8"))
            ]
        except (OSError, Incomplete) as fault:
            self.stderr.write(str(fault))
            raise SystemExit(INCOMPLETE) from None
        with transaction.atomic():
            with connection.cursor() as cursor:
                # The sealer goes on meanwhile: without it, leaves would be read that came after the checkpoints.
                cursor.execute("set transaction isolation level repeatable read, read only")
            left = [*options["archived"], *(f"{one.month:%Y_%m}" for one in archived())]
            verdict = verify(witnessed=witnessed, keys=keys, witnesses=witnesses, archived=left)
        for line in verdict.lines():
            self.stdout.write(line)
        raise SystemExit(verdict.code)
