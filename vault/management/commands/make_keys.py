"""`manage.py make_keys`: make the key files that are missing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from vault.keyfiles import make_missing


class Command(BaseCommand):
    """Make the KEK file and the login key file where they are missing; existing ones stay as they are."""

    help = "Make the KEK file and the login key file where they are missing (mode 0600); never overwrites."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        made = make_missing(settings.KEK_FILE, settings.LOGIN_KEY_FILE)
        for path in made:
            self.stdout.write(f"made {path}")
        if not made:
            self.stdout.write("both key files are there")
        else:
            self.stdout.write(
                "Keep copies of these files apart from the databases: without them nothing opens again."
            )
