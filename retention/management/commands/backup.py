"""`manage.py backup`: back up the data and then the keyring; `--keyring`: the keyring alone.

The worker does it by itself; this is for before an upgrade, and for a house with a schedule of its own.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from retention.backups.manifests import NotSetUp
from retention.backups.postgres import NotDumped
from retention.backups.words import refusal
from retention.models.backups import DATA, KEYRING
from retention.services import backups
from trail.actor import Actor
from trail.services import clock
from vault.keyfiles import BadKeyFile


class Command(BaseCommand):
    """Make backups now."""

    help = "Back up the data and the keyring, each sealed to its own offline recipient."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--keyring", action="store_true", help="the keyring alone")

    def handle(self, *args: Any, **options: Any) -> None:
        by = Actor.system("retention.backups")
        try:
            for kind in (KEYRING,) if options["keyring"] else (DATA, KEYRING):
                backups.take_in(kind, by=by, at=clock())
                made = backups.back_up(kind, by=by, at=clock())
                self.stdout.write(
                    f"{made.file}: {made.rows} rows, {made.size} bytes, SHA-256 {made.sha256}, "
                    f"recovery point {made.at.isoformat()}"
                )
                for gone in backups.remove_past(kind, by=by, at=clock()):
                    self.stdout.write(f"{gone.file}: removed at the end of its life")
        except NotSetUp:
            raise CommandError(refusal("not_set_up")) from None
        except (BadKeyFile, NotDumped, OSError) as failed:
            raise CommandError(str(failed)) from None
