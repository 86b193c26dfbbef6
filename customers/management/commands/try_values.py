"""Say which sealed values, files and texts do not open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.values import DOMAIN, place
from files.rekeying import SHELVES, shut
from vault.keyring import keys_for
from vault.trial import opens

AT_ONCE = 500


class Command(BaseCommand):
    """Try every key on what lies under it; exit 0 when all open, 1 when some do not."""

    help = (
        "Tries every sealed value, file and text, and names those that do not open: customers by their reference,"
        " fields by their code, files and texts by their id. Shows no value. Exit code: 0 all open, 1 some do not."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for words in (*_values(), *_others()):
            found += 1
            self.stdout.write(words)
        self.stdout.write(_("%(count)s do not open.") % {"count": found})
        if found:
            raise SystemExit(1)


def _values() -> Iterator[str]:
    last = 0
    while rows := list(Customer.objects.filter(pk__gt=last).order_by("pk").only("ref", "sealed")[:AT_ONCE]):
        last = rows[-1].pk
        keys = keys_for([row.ref for row in rows], DOMAIN)
        for row in rows:
            for code, text in row.sealed.items():
                if not opens(text, place(row.ref, code), keys):
                    yield f"{row.ref} {code}"


def _others() -> Iterator[str]:
    for shelf in SHELVES.values():
        for row in shut(shelf):
            yield f"{row.place.subject} {shelf.name} {row.id}"
