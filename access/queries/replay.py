"""Last month's reads, asked again under other rules: `decide` is pure, and events tell what it was asked.

An event does not tell everything. Whatever it leaves open is tried in every way in which today's rules give the
answer that was given; where tomorrow's then differ among themselves, the read is counted as one that nobody can tell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

from access import events
from access.consents import Saying
from access.grants import Granting
from access.models import UsageRequest
from access.policy import CLEAR, LACKS, REASON, Question, Rule, decide
from classification.queries import catalogue
from customers.models import TIERS, Customer
from trail.models import Event, Exposure

DAYS = 30
MOST_EVENTS = 20_000
"""So many of the newest reads are replayed; a page that is read must come up in seconds."""
COUNTED = 10 * MOST_EVENTS
"""Where counting stops."""
TOLD = ("id", "at", "kind", "facts", "roles", "contact", "decision", "rule", "zone", "actor_id")
KINDS = (events.FIELD_REVEALED.code, events.REVEAL_REFUSED.code)


@dataclass(slots=True, kw_only=True)
class Replayed:
    """The reads of one set of roles, counted by what would have become of them."""

    roles: frozenset[str]
    same: int = 0
    opened: int = 0
    refused: int = 0
    unknown: int = 0
    otherwise: int = 0
    """Today's rules do not give the answer that was given, because they were others at the time."""

    @property
    def every(self) -> int:
        """All of them."""
        return self.same + self.opened + self.refused + self.unknown + self.otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The reads of a level since a day, by the roles of those who read.

    :ivar reads: how many there were, counted up to `COUNTED`; the newest `MOST_EVENTS` are asked again.
    """

    since: datetime
    reads: int
    by_roles: tuple[Replayed, ...]

    @property
    def capped(self) -> bool:
        """Whether there were more reads than were asked again."""
        return self.reads > MOST_EVENTS


def replay(level: int, before: Sequence[Rule], after: Sequence[Rule], at: datetime) -> Replay:
    """Ask the reveals and refusals of one level and month again; equal ones are worked out once."""
    since = at - timedelta(days=DAYS)
    asked = Event.objects.filter(at__gt=since, at__lte=at, kind__in=KINDS, facts__level=level)
    asked = asked.order_by("-at", "-id")
    rows = list(asked.only(*TOLD)[:MOST_EVENTS])
    beside = _beside(rows, at)
    found: dict[frozenset[str], Replayed] = {}
    for read, number in Counter(_read(row, beside) for row in rows).items():
        of = found.setdefault(read.roles, Replayed(roles=read.roles))
        fate = _fate(read, before, after)
        setattr(of, fate, getattr(of, fate) + number)
    return Replay(
        since=since,
        reads=asked[: COUNTED + 1].count(),
        by_roles=tuple(sorted(found.values(), key=lambda one: (-one.every, sorted(one.roles)))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """One read as its event tells it."""

    roles: frozenset[str]
    level: int
    category: str
    tier: str
    zone: str
    in_contact: bool
    reason: bool | None
    consent: Saying | None
    grant: Granting | None
    lacking: str
    view: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beside:
    """What no event carries: the tier in which its customer is today, fields, and requests of those who read."""

    customers: Mapping[int, UUID]
    tiers: Mapping[UUID, str]
    categories: Mapping[str, str]
    requests: Mapping[UUID, Sequence[UsageRequest]]

    def may_have_had_grant(self, row: Event) -> bool:
        """Whether a usage request of the reader covers this read, so that a grant may have been there."""
        customer, field = self.customers.get(row.id), row.facts["field"]
        return any(
            one.covers(row.at) and field in one.fields and customer in one.customers
            for one in self.requests.get(row.actor_id or NOBODY, ())
        )


NOBODY = UUID(int=0)
SAID = frozenset(Saying) - {Saying.NOT_ASKED}
GRANTED = frozenset(Granting)
"""Codes of today: an event keeps those of its time."""


def _beside(rows: Sequence[Event], at: datetime) -> _Beside:
    """Fetch it all in four queries."""
    customers: dict[int, UUID] = {}
    requests: dict[UUID, list[UsageRequest]] = defaultdict(list)
    if rows:
        first, last = rows[-1].at, rows[0].at
        seen = Exposure.objects.filter(at__gte=first, at__lte=last, event_id__in=[row.id for row in rows])
        customers = dict(seen.values_list("event_id", "customer"))
        readers = {row.actor_id for row in rows if row.actor_id is not None}
        for one in UsageRequest.objects.filter(
            applicant_id__in=readers, starts_at__lte=last, ends_at__gt=first
        ):
            requests[one.applicant_id].append(one)
    known = Customer.objects.filter(ref__in=set(customers.values()))
    return _Beside(
        customers=customers,
        tiers=dict(known.values_list("ref", "tier")),
        categories={spec.code: spec.category for spec in catalogue(at).fields},
        requests=requests,
    )


def _read(row: Event, beside: _Beside) -> _Read:
    facts = row.facts
    revealed = row.kind == events.FIELD_REVEALED.code
    ground = str(facts.get("ground", ""))
    by_grant = revealed and ground.startswith("request ")
    return _Read(
        roles=frozenset(row.roles),
        level=int(facts["level"]),
        category=beside.categories.get(str(facts["field"]), ""),
        tier=beside.tiers.get(beside.customers.get(row.id, NOBODY), ""),
        zone=row.zone,
        in_contact=row.contact is not None,
        reason=_reason(row, revealed=revealed),
        consent=_consent(facts, revealed=revealed, opened=bool(ground) and not by_grant),
        grant=_grant(row, beside, revealed=revealed, opened=by_grant),
        lacking=next((name for name, (why, _step) in LACKS.items() if why == facts.get("why")), ""),
        view=row.decision,
        rule=row.rule,
    )


def _reason(row: Event, *, revealed: bool) -> bool | None:
    """A reveal may keep its reason with the contact; of a refusal only a missing one is known not to be there."""
    if revealed:
        return True if row.facts.get("reason") else None
    return False if row.contact is None or REASON in row.facts.get("missing", ()) else None


def _consent(facts: Mapping[str, Any], *, revealed: bool, opened: bool) -> Saying | None:
    if revealed:
        return Saying.GIVEN if opened else None
    said = facts.get("consent")
    return Saying(said) if said in SAID else None


def _grant(row: Event, beside: _Beside, *, revealed: bool, opened: bool) -> Granting | None:
    if opened:
        return Granting.LIVE
    if not revealed and row.facts.get("grant") in GRANTED:
        return Granting(row.facts["grant"])
    return None if beside.may_have_had_grant(row) else Granting.NONE


def _fate(read: _Read, before: Sequence[Rule], after: Sequence[Rule]) -> str:
    """Tell what would have become of a read: same, opened, refused, unknown, or otherwise."""
    fits = [one for one in _questions(read) if _as_it_was(one, read, before)]
    if not fits:
        return "otherwise"
    becomes = {decide(one, after).view == CLEAR for one in fits}
    if len(becomes) > 1:
        return "unknown"
    was = read.view == CLEAR
    if becomes == {was}:
        return "same"
    return "refused" if was else "opened"


def _as_it_was(question: Question, read: _Read, before: Sequence[Rule]) -> bool:
    found = decide(question, before)
    return found.view == read.view and read.rule in ("", found.rule)


def _questions(read: _Read) -> Iterator[Question]:
    """Give every question that the event may stand for: what it does not tell, is tried in every way."""
    reached = {read.roles, *(frozenset({role}) for role in read.roles)}
    reasons = (read.reason,) if read.reason is not None else (False, True)
    consents = (read.consent,) if read.consent is not None else (Saying.NONE, Saying.GIVEN)
    grants = (read.grant,) if read.grant is not None else (Granting.NONE, Granting.LIVE)
    business = (False, True) if read.in_contact else (False,)
    tiers = (read.tier,) if read.tier else TIERS
    for as_roles, tier, reason, consent, grant, for_business in product(
        reached, tiers, reasons, consents, grants, business
    ):
        yield Question(
            roles=read.roles,
            reached_as=as_roles,
            level=read.level,
            category=read.category,
            tier=tier,
            zone=read.zone,
            has_contact=read.in_contact,
            has_reason=bool(reason),
            consent=consent,
            for_business=for_business,
            grant=grant,
            lacking=read.lacking,
        )
