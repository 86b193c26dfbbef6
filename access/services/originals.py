"""Signed originals move to L4 (S0-18): once their consents are confirmed, or after seven days at most.

The move is two steps, each safe by itself: hand the file over, and, when the restricted host has taken it in,
destroy it in `files`. From the first step on nobody reads it here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from access import events
from consent.evidence import ENDINGS
from consent.models import Confirmation, Evidence
from customers.models import Customer
from files import apart
from files import services as files
from files.apart import Given
from files.models import ApartDeposit, SealedFile
from trail import services as trail
from trail.actor import Actor
from trail.exposed import USED, Exposed

ORIGINAL = "authorisation_original"
LONGEST_HERE = timedelta(days=7)
AT_ONCE = 50


def due(at: datetime) -> list[UUID]:
    """Return files of originals that move now: every answer that they prove is confirmed, or they are a week old."""
    unconfirmed = Evidence.objects.filter(file=OuterRef("file")).filter(
        ~Exists(Confirmation.objects.filter(record=OuterRef("record")))
    )
    handed = ApartDeposit.objects.filter(reference=OuterRef("file"))
    there = SealedFile.objects.readable(at).filter(pk=OuterRef("file"))
    waiting = Evidence.objects.filter(original=True).filter(~Exists(handed), Exists(there))
    old = waiting.filter(at__lte=at - LONGEST_HERE).values_list("file", flat=True)
    said = waiting.filter(~Exists(unconfirmed)).values_list("file", flat=True)
    return [file for file in {*old[:AT_ONCE], *said[:AT_ONCE]} if file is not None]


def hand_over(file: UUID, *, by: Actor, at: datetime) -> None:
    """Hand one original over to the restricted host; the event comes before it is opened for that."""
    proof = Evidence.objects.select_related("record").filter(file=file).order_by("pk")[0]
    subject = proof.record.subject
    customer = Customer.objects.select_related("portfolio").filter(ref=subject).first()
    portfolio = customer.portfolio.code if customer else ""
    region = customer.portfolio.region if customer else ""
    receipt = trail.record(
        events.ORIGINAL_HANDED_OVER,
        by=by,
        at=at,
        facts={"file": str(file)},
        exposures=[Exposed(subject, USED, portfolio=portfolio, region=region)],
        opens=[file],
    )
    content = b"".join(files.read_file(file, at=at, receipt=receipt))
    with transaction.atomic():
        if apart.by_reference([file]):
            return  # another run was faster
        row = apart.deposit(
            Given(
                subject=subject,
                field=ORIGINAL,
                content=content,
                name=f"original.{ENDINGS[proof.media_type]}",
                portfolio=portfolio,
                region=region,
                reference=file,
            ),
            by=by,
            at=at,
        )
        facts = {"value": str(row.pk), "field": ORIGINAL, "bytes": row.size}
        trail.record(events.DEPOSITED_APART, by=by, at=at, facts=facts, exposures=[apart.told(row)])


def taken(at: datetime) -> list[UUID]:
    """Return files of originals that the restricted host has, and that are still here."""
    there = SealedFile.objects.readable(at).filter(pk=OuterRef("reference"))
    rows = ApartDeposit.objects.filter(reference__isnull=False, taken_at__isnull=False, refused="")
    return [row.reference for row in rows.filter(Exists(there))[:AT_ONCE] if row.reference is not None]


def destroy_here(file: UUID, *, by: Actor, at: datetime) -> None:
    """Destroy an original in `files`, because it lies in L4 now."""
    files.destroy(file, by=by, at=at)
