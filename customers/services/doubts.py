"""Start discovery runs, look at a doubt, dismiss it (S0-20, S2-8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from classification.queries import Catalogue, catalogue
from customers import events
from customers.discovery.doubts import OPEN, Standing, doubts, month_of, run_of_month, runs
from customers.discovery.run import DISCOVERY
from customers.discovery.texts import hits_of
from customers.models import NOTE, Customer, DoubtDismissal, DoubtSighting, LabelDoubt
from customers.reach import visible_to
from files.services import put_text, read_texts
from jobs import services as jobs
from jobs.models import Job
from staff.permissions import may
from trail.actor import Actor
from trail.exposed import LISTED, Exposed
from trail.services import record

ABOUT = "doubt.dismissed"
LONGEST_DISMISSAL = timedelta(days=366)
EXAMPLES = 5
"""Masked examples that are shown of a field's doubt."""
LOOKED_AT = 500
"""Customers that are looked through for them."""
SHOWN_OF_A_TEXT = 20
_ONE_START = 0x646F756274
"""The advisory lock under which runs start, so that there is one at a time."""


class NotAllowed(PermissionError):
    """The person's roles do not carry this."""


class NoSuchDoubt(LookupError):
    """There is no such doubt."""


class NotOpen(RuntimeError):
    """The doubt is dismissed or gone already."""


class BadTerm(ValueError):
    """A dismissal ends after it was made, and within a year."""


@dataclass(frozen=True, slots=True)
class MaskedHit:
    """What stands in one customer's value, under the mask of its kind."""

    ref: UUID
    number: str
    masked: str
    passed: bool | None


@dataclass(frozen=True, slots=True)
class Looked:
    """A doubt with its masked hits of this moment and the reasons of its dismissals, as far as this person may see."""

    standing: Standing
    hits: tuple[MaskedHit, ...]
    reasons: dict[UUID, str]


def start_monthly(*, by: Actor, at: datetime) -> Job | None:
    """Start this month's run; None when the month has had its run or one is under way."""
    with transaction.atomic():
        _one_at_a_time()
        if runs().open().exists() or run_of_month(month_of(at)):
            return None
        return _start(by, at, scheduled=True)


def start_now(*, by: Actor, at: datetime) -> Job:
    """Start a run by hand, or return the one that is under way.

    :raises NotAllowed: the person does not decide about doubts.
    """
    _insist(by)
    with transaction.atomic():
        _one_at_a_time()
        return runs().open().first() or _start(by, at, scheduled=False)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_ONE_START])


def _start(by: Actor, at: datetime, *, scheduled: bool) -> Job:
    month = month_of(at).isoformat()
    job = jobs.start(
        DISCOVERY,
        by=by,
        at=at,
        parameters={"month": month, "scheduled": scheduled},
        total=Customer.objects.count(),
    )
    facts = {"job": str(job.id), "month": month, "scheduled": scheduled}
    record(events.DISCOVERY_STARTED, by=by, at=at, facts=facts)
    return job


def dismiss(doubt: UUID, *, reason: str, until: datetime, by: Actor, at: datetime) -> DoubtDismissal:
    """Put an open doubt aside until a time; it comes back earlier only when it grows.

    :raises NotAllowed: the person does not decide about doubts.
    :raises NoSuchDoubt: there is none.
    :raises NotOpen: it is dismissed or gone already.
    :raises BadTerm: `until` is not within a year ahead.
    """
    _insist(by)
    if not at < until <= at + LONGEST_DISMISSAL:
        raise BadTerm
    with transaction.atomic():
        LabelDoubt.objects.select_for_update().filter(pk=doubt).first()
        standing = _found(doubt, at)
        found = standing.doubt
        if standing.state != OPEN:
            raise NotOpen
        assert by.id is not None
        text = put_text(
            reason, about=ABOUT, subject=found.customer.ref if found.customer else None, by=by, at=at
        )
        made = DoubtDismissal.objects.create(
            doubt=found,
            sighting=DoubtSighting.objects.filter(doubt=found).latest("at"),
            until=until,
            reason=text,
            by_id=by.id,
            by_number=by.number,
            at=at,
        )
        facts = _facts(found) | {"until": until.isoformat(), "reason": str(text)}
        record(events.DOUBT_DISMISSED, by=by, at=at, facts=facts)
    return made


def look(doubt: UUID, *, by: Actor, at: datetime) -> Looked:
    """Return a doubt; what is shown of customers' values, masked, and of sealed reasons is an event first.

    Customers out of the person's reach show nothing, and only who decides reads reasons.

    :raises NoSuchDoubt: there is none.
    """
    standing = _found(doubt, at)
    found = standing.doubt
    shown = _masked(found, catalogue(at), by, at)
    texts = []
    if may(by, "discovery.decide"):
        texts = list(DoubtDismissal.objects.filter(doubt=found).values_list("reason", flat=True))
    if not shown and not texts:
        return Looked(standing, (), {})
    exposures = [
        Exposed(customer.ref, LISTED, masked=(found.field,), portfolio=customer.portfolio.code,
                region=customer.portfolio.region)
        for customer, _hits in shown
    ]  # fmt: skip
    receipt = record(events.DOUBT_READ, by=by, at=at, facts=_facts(found), exposures=exposures, opens=texts)
    hits = tuple(hit for _customer, of_one in shown for hit in of_one)
    return Looked(standing, hits, read_texts(texts, receipt=receipt))


def _masked(
    found: LabelDoubt, known: Catalogue, by: Actor, at: datetime
) -> list[tuple[Customer, list[MaskedHit]]]:
    """Return the customers within reach whose values hold the kind now, a few for a field."""
    if not found.field or found.field not in known:
        return []
    spec = known.get(found.field)
    reach = visible_to(by, at)
    if found.place == NOTE:
        rows = list(reach.filter(label_doubts=found))
    else:
        rows = list(reach.filter(open__has_key=found.field).order_by("pk")[:LOOKED_AT])
    shown: list[tuple[Customer, list[MaskedHit]]] = []
    for customer in rows:
        inside = hits_of(customer.open, spec, found.kind)[:SHOWN_OF_A_TEXT]
        if inside:
            hits = [MaskedHit(customer.ref, customer.number, hit.masked, hit.passed) for hit in inside]
            shown.append((customer, hits))
        if len(shown) == EXAMPLES:
            break
    return shown


def _found(doubt: UUID, at: datetime) -> Standing:
    found = doubts(at).select_related("customer").filter(pk=doubt).first()
    if found is None:
        raise NoSuchDoubt
    return Standing.of(found)


def _facts(doubt: LabelDoubt) -> dict[str, object]:
    return {
        "doubt": str(doubt.pk),
        "place": doubt.place,
        "field": doubt.field,
        "value_kind": doubt.kind,
    }


def _insist(by: Actor) -> None:
    if by.id is None or not may(by, "discovery.decide"):
        raise NotAllowed
