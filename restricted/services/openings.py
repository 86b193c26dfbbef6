"""Show one L4 value: decided, then a fresh code, then the event, then the value (law 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from files import apart
from restricted import attempts, events, factors, grants, sealed
from restricted.attempts import TooMany
from restricted.factors import FactorRefused
from restricted.models import Opening, Value
from restricted.openings import decide
from restricted.sealing import away
from trail import services as trail
from trail.actor import Actor
from trail.exposed import REFUSED, REVEALED, Exposed
from trail.receipts import Receipt
from vault.envelope import CannotOpen as CannotOpen

LEVEL = 4
LONGEST_REASON = 1000


class OpeningRefused(Exception):
    """Nothing is shown; `code` says why (`restricted.words`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Shown:
    """One value on its way to the screen."""

    value: Value
    content: bytes = field(repr=False)
    name: str = field(repr=False)
    event: int


def open_value(id: UUID, *, code: str, reason: str = "", by: Actor, at: datetime) -> Shown:
    """Show one value against a code that was used for nothing else.

    :raises Value.DoesNotExist: there is no such value, or it was destroyed.
    :raises OpeningRefused: sealed, storage_only, no_grant, officer_alone, reason_missing, lacks_undertaking,
        lacks_training, code, too_many.
    :raises vault.away.Sealed: it was sealed between the decision and the opening.
    :raises CannotOpen: it is damaged.
    """
    value = Value.objects.get(pk=id, destroyed_at=None)
    assert by.id is not None
    grant = grants.live_for(value, by.id, at)
    decision = decide(
        value,
        by=by,
        grant=grant,
        reason=reason[:LONGEST_REASON],
        sealed=away() is not None,
        # Asked of the main data at this moment; where they do not answer, nothing opens.
        stored_only=apart.restriction(value.subject, value.field, at) is not None,
    )
    if decision.why:
        _refuse(value, decision.why, by=by, at=at)
    step = _take_code(value, code, by=by, at=at)
    receipt = trail.record(
        events.OPENED,
        by=by,
        at=at,
        facts={"value": str(value.pk), "field": value.field, "ground": decision.ground},
        exposures=[_exposed(value, REVEALED)],
        purpose=grant.purpose if grant else "",
        request=str(grant.pk) if grant else "",
    )
    Opening.objects.create(
        value=value,
        request=grant,
        person=by.id,
        number=by.number,
        step=step,
        reason=sealed.seal_reason(reason[:LONGEST_REASON], value, value.pk) if reason.strip() else None,
        event=receipt.event,
        at=at,
    )
    return _shown(value, receipt)


def _shown(value: Value, receipt: Receipt) -> Shown:
    return Shown(value, sealed.content(value, receipt), sealed.name(value, receipt), receipt.event)


def _take_code(value: Value, code: str, *, by: Actor, at: datetime) -> int:
    assert by.id is not None
    try:
        with attempts.counted(by.id, ip=by.ip, at=at):
            return factors.take(by.id, code, at=at)
    except (FactorRefused, TooMany) as refused:
        why = "too_many" if isinstance(refused, TooMany) else "code"
        facts = {"value": str(value.pk), "why": why}
        trail.record(events.FACTOR_REFUSED, by=by, at=at, facts=facts)
        raise OpeningRefused(why) from None


def _refuse(value: Value, why: str, *, by: Actor, at: datetime) -> None:
    facts = {"value": str(value.pk), "field": value.field, "why": why}
    trail.record(events.REFUSED, by=by, at=at, facts=facts, exposures=[_exposed(value, REFUSED)])
    raise OpeningRefused(why)


def _exposed(value: Value, act: str) -> Exposed:
    shown = act == REVEALED
    return Exposed(
        customer=value.subject,
        act=act,
        clear=(value.field,) if shown else (),
        level=LEVEL if shown else 0,
        portfolio=value.portfolio,
        region=value.region,
    )
