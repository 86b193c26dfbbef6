"""Does a usage grant open this field of this customer, for this purpose, now? Pure (S0-33, S0-34).

A grant is what an approved usage request allows: these fields, these customers, one purpose, from one moment to
another, so many times. Nothing of its state is stored: the approval, the revocation, the uses and the clock tell it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from access.consents import OPENS, Saying

SCREEN, EXPORT = "screen", "export"
OUTPUTS = (SCREEN, EXPORT)


class Granting(StrEnum):
    """What usage requests say to a read; events and pages keep these codes."""

    NONE = ""
    LIVE = "live"
    OTHER_PURPOSE = "other_purpose"
    PENDING = "pending"
    NOT_STARTED = "not_started"
    USED_UP = "used_up"
    NO_CONSENT = "consent_gone"
    TIER_ABOVE = "tier_above"
    PURPOSE_ENDED = "purpose_ended"
    ENDED = "ended"
    REVOKED = "revoked"
    VOID = "void"


NEAREST = tuple(Granting)[1:]
"""From the most helpful to say to the least, where several requests speak about one read."""
GONE = frozenset({Saying.REFUSED, Saying.WITHDRAWN, Saying.REVOKED, Saying.REJECTED})
"""The customer's no: it ends every grant for the purpose at once, justified or not (PIPL 15)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What one usage request asks for and, once approved, allows.

    :ivar fields: field codes. `customers`: those of the customers in question that it names.
    :ivar uses: how many values it may show in all; `used`: how many it has shown.
    :ivar approved_by: who signed; None while it waits.
    :ivar sound: the signed content is what lies there now.
    :ivar purpose_lives: the purpose is in force.
    :ivar justified: the request says why customers without a consent are in it.
    """

    request: UUID
    number: int
    applicant: UUID
    purpose: str
    fields: frozenset[str]
    customers: frozenset[UUID]
    tiers: frozenset[str]
    output: str
    starts_at: datetime
    ends_at: datetime
    uses: int
    used: int
    approved_by: frozenset[UUID] | None
    sound: bool
    purpose_lives: bool
    justified: bool
    revoked_at: datetime | None

    @property
    def left(self) -> int:
        """How many values it may still show."""
        return max(self.uses - self.used, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the nearest usage request says to a read, with what its words need."""

    state: Granting = Granting.NONE
    request: UUID | None = None
    number: int = 0
    purpose: str = ""
    ends_at: datetime | None = None
    left: int = 0

    @property
    def opens(self) -> bool:
        """Whether the need of a grant is met."""
        return self.state == Granting.LIVE

    @property
    def ground(self) -> str:
        """What the event says a clear read stands on."""
        return f"request {self.number}" if self.opens else ""


NO_GRANT = Held()


def held(
    scopes: Iterable[Scope],
    *,
    reader: UUID | None,
    customer: UUID,
    field: str,
    tier: str,
    purpose: str,
    said: Saying,
    for_business: bool,
    at: datetime,
) -> Held:
    """Return what usage requests say to a read of one field of one customer inside a contact with this purpose.

    :param said: what the customer's consent says to that purpose.
    :param for_business: the purpose rests on consent alone, so that no justification replaces it (S2-24).
    """
    found = NO_GRANT
    for scope in scopes:
        if scope.applicant != reader or customer not in scope.customers or field not in scope.fields:
            continue
        state = _state(scope, tier, purpose, said, for_business, at)
        if found.state == Granting.NONE or NEAREST.index(state) < NEAREST.index(found.state):
            found = Held(
                state=state,
                request=scope.request,
                number=scope.number,
                purpose=scope.purpose,
                ends_at=scope.ends_at,
                left=scope.left,
            )
    return found


def state_of(scope: Scope, at: datetime) -> Granting:
    """Return what a usage request is at a time, whoever is read and whatever consent says."""
    if scope.approved_by is None:
        return Granting.ENDED if scope.ends_at <= at else Granting.PENDING
    # SECURITY: an approval by the applicant, or of something else than what lies there now, is none.
    if not scope.approved_by or scope.applicant in scope.approved_by or not scope.sound:
        return Granting.VOID
    if scope.revoked_at is not None and scope.revoked_at <= at:
        return Granting.REVOKED
    if scope.ends_at <= at:
        return Granting.ENDED
    if not scope.purpose_lives:
        return Granting.PURPOSE_ENDED
    if scope.starts_at > at:
        return Granting.NOT_STARTED
    return Granting.LIVE if scope.left else Granting.USED_UP


def _state(scope: Scope, tier: str, purpose: str, said: Saying, for_business: bool, at: datetime) -> Granting:
    state = state_of(scope, at)
    if state != Granting.LIVE:
        return state
    if tier not in scope.tiers:
        return Granting.TIER_ABOVE
    if scope.purpose != purpose:
        return Granting.OTHER_PURPOSE
    if said in GONE or (said not in OPENS and (for_business or not scope.justified)):
        return Granting.NO_CONSENT
    return Granting.LIVE
