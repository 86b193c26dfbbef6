"""Verify every value against the trail."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext as _

from customers.verification.looking import TAMPERED, Found, Looked, look_at_all
from customers.verification.run import VERIFY, conclude, parts_now, raise_alarm
from customers.words import tampered_field, tampering_words
from trail.actor import Actor
from trail.services import clock

WHOLE, TAMPERED_WITH, INCOMPLETE = 0, 1, 2


class Command(BaseCommand):
    """Say which customers are not as they were last written; exit 0 whole, 1 tampered with, 2 incomplete."""

    help = (
        "Compares every value of a record, open or sealed, with what the trail says was written last. Names"
        " customers by their reference and fields by their code, never a value. Exit code: 0 whole, 1 tampered with, 2"
        " some customers were written before the trail told enough of them."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        counts, by = Looked(0, ()).counts, Actor.system(VERIFY)
        for looked in look_at_all(parts_now()):
            counts = {name: counts[name] + number for name, number in looked.counts.items()}
            for one in looked.found:
                self._say(one)
            with transaction.atomic():
                raise_alarm(looked.found, job="", by=by, at=clock())
        with transaction.atomic():
            conclude(counts, job="", by=by, at=clock())
        self.stdout.write(
            _(
                "%(customers)s customers: %(changed)s changed, %(deleted)s deleted, %(inserted)s inserted past every"
                " act; %(untold)s written before the trail told enough of them."
            )
            % counts
        )
        if any(counts[code] for code in TAMPERED):
            raise SystemExit(TAMPERED_WITH)
        if counts["untold"]:
            raise SystemExit(INCOMPLETE)

    def _say(self, one: Found) -> None:
        if one.code not in TAMPERED:
            return
        last = ""
        if one.event is not None and one.at is not None:
            last = _("last written by event %(event)s of %(at)s") % {
                "event": one.event,
                "at": one.at.isoformat(),
            }
        parts = [
            str(one.customer),
            tampering_words(one.code),
            ", ".join(map(tampered_field, one.fields)),
            last,
        ]
        self.stdout.write(" · ".join(part for part in parts if part))
