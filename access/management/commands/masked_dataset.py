"""`manage.py masked_dataset --by STAFF_NUMBER [ID --out FILE]`: list masked data sets, or fetch one that was signed.

What was signed and not made yet is made first. Fetching counts as it does in the workbench: once, within a day.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from access import masked_run
from access.models import MaskedDataset
from access.services import masked
from approvals.registry import CannotApply
from approvals.words import cannot_apply_words
from jobs import running
from staff.models import Person
from trail.actor import Actor
from trail.services import clock


class Command(BaseCommand):
    """List and fetch masked data sets."""

    help = "List masked data sets for testing environments, or fetch one that a department head has signed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", nargs="?", type=UUID, help="the data set; without it they are listed")
        parser.add_argument("--by", required=True, help="staff number of the person it was made for")
        parser.add_argument("--out", type=Path, help="where to write it; must not be there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        by = _person(options["by"])
        if options["id"] is None:
            self._list(by)
        elif options["out"] is None:
            raise CommandError(_("Say where to write it: --out FILE."))
        else:
            self._fetch(options["id"], options["out"], by)

    def _list(self, by: Actor) -> None:
        for one in MaskedDataset.objects.made_for(by.id):
            state = "fetched" if one.fetched_at else "made" if one.made_at else "signed"
            self.stdout.write(
                f"{one.id}  {one.signed_at:%Y-%m-%d %H:%M}  {state}  {', '.join(one.portfolios)}"
            )

    def _fetch(self, id: UUID, out: Path, by: Actor) -> None:
        found = MaskedDataset.objects.made_for(by.id).filter(id=id).first()
        if found is None:
            raise CommandError(_("There is no such data set for this person."))
        if found.made_at is None:
            running.run(found.job, masked_run.run)
        try:
            # Opened first: a set that was fetched is gone, wherever it could not be written.
            with out.open("xb") as target:
                for chunk in masked.fetch(id, by=by, at=clock()).chunks:
                    target.write(chunk)
        except OSError as error:
            raise CommandError(_("The file cannot be written: %s") % error.strerror) from None
        except masked.NotFetchable as refused:
            out.unlink()
            raise CommandError(_("It cannot be fetched: %s.") % refused.code) from None
        self.stdout.write(str(out))


def _person(number: str) -> Actor:
    person = Person.objects.filter(number__iexact=number, left_at__isnull=True).first()
    if person is None:
        raise CommandError(_("There is nobody with this staff number."))
    try:
        return masked_run.acting_for(person.pk, clock())
    except CannotApply as refused:
        raise CommandError(cannot_apply_words(refused)) from None
