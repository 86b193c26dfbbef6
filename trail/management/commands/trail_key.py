"""`manage.py trail_key`: show the public keys of the trail's checkpoints; `--add` makes one that signs from now on."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from trail.sealing import keys


class Command(BaseCommand):
    """Show the public keys, or add a key (S0-42: whoever verifies has them from us, not from the export)."""

    help = (
        "Show the public keys of checkpoints; --add makes a new signing key. Older checkpoints still verify."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--add", action="store_true", help="make a key that signs from now on; restart the worker"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one key a line, the newest last."""
        try:
            if options["add"]:
                keys.add(Path(settings.TRAIL_KEY_FILE), settings.TRAIL_PUBLIC_FILE)
            for key in keys.read_public(settings.TRAIL_PUBLIC_FILE):
                self.stdout.write(str(key))
        except keys.BadKey as fault:
            raise CommandError(str(fault)) from None
