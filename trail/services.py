"""The one writer of the trail, and the giver of receipts."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import Error, connection, transaction

from trail import insert, receipts, vocabulary
from trail.actor import Actor
from trail.events import PARTITIONS_MADE
from trail.exposed import OPENING, Exposed
from trail.models import CLOCK_TOLERANCE
from trail.receipts import Receipt
from trail.vocabulary import EventKind

LONGEST_TEXT = 300
LONGEST_LIST = 1000


class TrailUnavailable(Exception):
    """The event could not be recorded, so what it would have recorded must not happen."""


class ClockRefused(TrailUnavailable):
    """The given time is more than 5 seconds from the database's own."""


class FactsRefused(ValueError):
    """The facts are not exactly those that the kind of event declares, or not plain JSON."""


def clock() -> datetime:
    """Return the database's time, which the edge reads once and passes down as `at`.

    :raises TrailUnavailable: the database does not answer.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("select clock_timestamp()")
            now: datetime = cursor.fetchone()[0]
    except Error:
        raise TrailUnavailable("the database's clock does not answer") from None
    return now


def record(
    kind: EventKind,
    *,
    by: Actor,
    at: datetime,
    facts: Mapping[str, object] | None = None,
    exposures: Sequence[Exposed] = (),
    decision: str = "",
    rule: str = "",
    rule_version: int | None = None,
    purpose: str = "",
    contact: UUID | None = None,
    request: str = "",
    opens: Iterable[UUID] = (),
) -> Receipt:
    """Append one event with its exposures and return the receipt that opening wants.

    Outside any transaction the event is on disk when this returns; inside one it joins, and the
    receipt is good once that transaction has ended.

    :raises FactsRefused: `facts` are not exactly those of `kind`, as JSON scalars and lists of them.
    :raises TrailUnavailable: nothing was recorded; an open transaction can only be rolled back.
    """
    if at.tzinfo is None:
        raise ValueError("`at` carries its time zone")
    if settings.PRODUCTION and by.mode == "demo":
        raise ValueError("production knows no demo actor")
    if vocabulary.get(kind.code) != kind:
        raise ValueError(f"{kind.code} is declared otherwise")
    plain = _plain_facts(kind, facts or {})
    row = insert.EventRow(
        kind=kind.code,
        by=by,
        at=at,
        facts=plain,
        decision=decision,
        rule=rule,
        rule_version=rule_version,
        purpose=purpose,
        contact=contact,
        request=request,
    )
    event = _append(row, exposures)
    shows: dict[UUID, frozenset[str]] = {}
    for exposed in exposures:
        if exposed.act in OPENING:
            shows[exposed.customer] = shows.get(exposed.customer, frozenset()) | frozenset(exposed.clear)
    return receipts.issue(event=event, at=at, shows=shows, opens=opens, monotonic=time.monotonic())


def make_partitions(*, by: Actor, at: datetime, first: date | None = None, months: int = 19) -> list[str]:
    """Make the missing monthly partitions from the month of `first` (or of `at`) on; return their names.

    :raises TrailUnavailable: the database refused.
    """
    with transaction.atomic():
        try:
            with connection.cursor() as cursor:
                cursor.execute("select trail_make_partitions(%s, %s)", [first or at.date(), months])
                made: list[str] = cursor.fetchone()[0]
        except Error:
            raise TrailUnavailable("partitions could not be made") from None
        if made:
            record(PARTITIONS_MADE, by=by, at=at, facts={"partitions": made})
    return made


def _append(row: insert.EventRow, exposures: Sequence[Exposed]) -> int:
    # A failure inside an open transaction marks all of it for rollback: it cannot commit without its event.
    own = not receipts.transaction_is_open()
    try:
        with transaction.atomic(savepoint=own, durable=own):
            event, recorded_at = insert.insert(row, exposures)
            if settings.PRODUCTION and abs(recorded_at - row.at) > CLOCK_TOLERANCE:
                raise ClockRefused("the given time is more than 5 seconds from the database's")
    except Error:
        # SECURITY: a database error carries the row in its DETAIL; none of it travels on.
        raise TrailUnavailable("the trail refused the event") from None
    return event


def _plain_facts(kind: EventKind, facts: Mapping[str, object]) -> str:
    missing, unknown = kind.facts - facts.keys(), facts.keys() - kind.facts
    if missing or unknown:
        raise FactsRefused(f"{kind.code}: missing {sorted(missing)}, not declared {sorted(unknown)}")
    for name, value in facts.items():
        if not _is_plain(value):
            raise FactsRefused(f"{kind.code}: {name} is not a plain fact")
    return json.dumps(dict(facts), ensure_ascii=False)


def _is_plain(value: object) -> bool:
    if isinstance(value, list | tuple):
        return len(value) <= LONGEST_LIST and all(
            not isinstance(one, list | tuple) and _is_plain(one) for one in value
        )
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT and "\x00" not in value
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, bool | int)
