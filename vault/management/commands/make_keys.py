"""`manage.py make_keys`: make the key files that are missing."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from trail.sealing import keys as trail_keys
from vault import keeping
from vault.keyfiles import make_missing
from vault.providers import provider, restricted_provider

NAMES = ("KEK_FILE", "LOGIN_KEY_FILE", "RECEIPT_KEY_FILE")
DEPOSITS = ("DEPOSIT_KEY_FILE", "DEPOSIT_RECIPIENT_FILE")
CHECKPOINTS = ("TRAIL_KEY_FILE", "TRAIL_PUBLIC_FILE")
RESTRICTED = (
    "RESTRICTED_KEK_FILE",
    "RESTRICTED_LOGIN_KEY_FILE",
    "RESTRICTED_KEY_FILE",
    "RESTRICTED_RECIPIENT_FILE",
)
"""Those of the restricted host, made there; of them the main site gets the recipient file."""


class Command(BaseCommand):
    """Make the key files that are missing; existing ones stay as they are."""

    help = "Make the key files that are missing (mode 0600); never overwrites."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        names = RESTRICTED if settings.RESTRICTED else NAMES + (DEPOSITS if settings.DEPOSIT_KEY_FILE else ())
        # Under split custody and with a device there is no KEK file.
        files = {name: Path(getattr(settings, name)) for name in names if hasattr(settings, name)}
        made: list[Path | str] = [*make_missing(files)]
        if keeping.here().get("KEK_PROVIDER") == "pkcs11":
            made += _make_on_the_device()
        if settings.TRAIL_KEY_FILE:
            made += trail_keys.make_missing({name: Path(getattr(settings, name)) for name in CHECKPOINTS})
        for path in made:
            self.stdout.write(f"made {path}")
        if not made:
            self.stdout.write("all key files are there")
        else:
            self.stdout.write(
                "Keep copies of these files apart from the databases: without them nothing opens again."
            )


def _make_on_the_device() -> list[str]:
    keys = restricted_provider() if settings.RESTRICTED else provider()
    made = [] if keys.versions() else [f"KEK {keys.create_kek()} on the device"]
    if settings.RESTRICTED or keys.epochs():  # L4 is never indexed
        return made
    return [*made, f"index root {keys.create_epoch()} on the device"]
