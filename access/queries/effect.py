"""What a change of a reading rule would do, worked out before it is signed: `decide` is pure, so reads are replayed.

Two questions are answered. Who gains and who loses: every role, and every set of roles that people hold together,
in every situation that the rules of this level tell apart. And which reads of the last month would have ended
otherwise: each reveal and each refusal is asked again, under the rules of today and under those of tomorrow.

An event does not tell everything. Whatever it leaves open is tried in every way in which today's rules give the
answer that was given; where tomorrow's then differ among themselves, the read is counted as one that nobody can tell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

from access import events
from access.consents import Saying
from access.grants import Granting
from access.models import UsageRequest
from access.policy import (
    CLEAR,
    CONSENT,
    CONTACT,
    GRANT,
    LACKS,
    REASON,
    VIEWS,
    Question,
    Rule,
    decide,
)
from access.queries import rules as reading_rules
from classification.queries import catalogue
from customers.models import TIERS, Customer
from staff.models import Headship, Person, RoleHolding
from staff.models.rights import live
from staff.roles import HEAD
from trail.models import Event, Exposure

DAYS = 30
MOST_EVENTS = 20_000
"""So many of the newest reads are replayed; a page that is read must come up in seconds."""
COUNTED = 10 * MOST_EVENTS
"""Where counting stops."""
SITUATIONS: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset({CONTACT}),
    frozenset({CONTACT, REASON}),
    frozenset({CONTACT, CONSENT}),
    frozenset({CONTACT, REASON, CONSENT}),
    frozenset({CONTACT, GRANT}),
)
"""What a reader can have in hand. A consent and a grant count inside a contact only: it has the purpose."""
ELSEWHERE = ""
CASE = ("role", "category", "tier", "zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One situation in which the change changes what is shown."""

    needs: frozenset[str]
    category: str
    tier: str
    zone: str
    before: str
    after: str

    @property
    def gains(self) -> bool:
        """Whether more is shown than before."""
        return VIEWS.index(self.after) > VIEWS.index(self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """People who hold one set of roles, and the situations that change for them."""

    roles: frozenset[str]
    people: int
    cases: tuple[Case, ...]

    @property
    def gains(self) -> bool:
        """Whether they see more somewhere."""
        return any(case.gains for case in self.cases)

    @property
    def loses(self) -> bool:
        """Whether they see less somewhere."""
        return any(not case.gains for case in self.cases)


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
class Effect:
    """What a change would do."""

    level: int
    concerned: tuple[Concerned, ...]
    replayed: tuple[Replayed, ...]
    since: datetime
    reads: int
    """How many reads of this level there were, counted up to `COUNTED`; the newest `MOST_EVENTS` are replayed."""

    @property
    def gaining(self) -> int:
        """How many people see more somewhere."""
        return sum(one.people for one in self.concerned if one.gains)

    @property
    def losing(self) -> int:
        """How many people see less somewhere."""
        return sum(one.people for one in self.concerned if one.loses)

    @property
    def capped(self) -> bool:
        """Whether there were more reads than were replayed."""
        return self.reads > MOST_EVENTS


def effect_of(content: Mapping[str, Any], at: datetime) -> Effect:
    """Work out what the content of a rule proposal would do if it were signed at `at`.

    :param content: as `access.services.rules.content_of` gives it.
    """
    before = reading_rules.in_force(at)
    after = _changed(before, content)
    level = int(content["level"])
    since = at - timedelta(days=DAYS)
    rows = Event.objects.filter(at__gt=since, at__lte=at, kind__in=KINDS, facts__level=level).order_by(
        "-at", "-id"
    )
    reads = rows[: COUNTED + 1].count()
    return Effect(
        level=level,
        concerned=_concerned(before, after, level, _holders(at)),
        replayed=_replay(list(rows.only(*TOLD)[:MOST_EVENTS]), before, after, at),
        since=since,
        reads=reads,
    )


TOLD = ("id", "at", "kind", "facts", "roles", "contact", "decision", "rule", "zone", "actor_id")
KINDS = (events.FIELD_REVEALED.code, events.REVEAL_REFUSED.code)


def _changed(before: Iterable[Rule], content: Mapping[str, Any]) -> tuple[Rule, ...]:
    """Return the rules as they would be: the version that is superseded goes, the new one comes."""
    kept = tuple(rule for rule in before if rule.code != content["code"])
    if content["end"]:
        return kept
    said = {name: content[name] for name in ("code", "level", "view", "forbid", "clause", *CASE)}
    new = Rule(
        version=content["supersedes"] + 1,
        clear_when=tuple(map(frozenset, content["clear_when"])),
        highest_tier=content.get("highest_tier", ""),
        **said,
    )
    return (*kept, new)


# --- who gains, who loses -----------------------------------------------------------------------------------------


def _holders(at: datetime) -> Counter[frozenset[str]]:
    """Count the people who work by the set of roles that they hold; two queries."""
    held: dict[UUID, set[str]] = defaultdict(set)
    working = Person.objects.working(at)
    rows = RoleHolding.objects.filter(live(at), person__in=working).values_list("person_id", "role")
    leads = Headship.objects.filter(live(at), person__in=working).values_list("person_id", flat=True)
    for person, role in [*rows, *((one, HEAD) for one in leads)]:
        held[person].add(role)
    return Counter(frozenset(roles) for roles in held.values())


def _concerned(
    before: Sequence[Rule], after: Sequence[Rule], level: int, holders: Mapping[frozenset[str], int]
) -> tuple[Concerned, ...]:
    """Decide every situation twice for every set of roles that somebody holds."""
    situations = list(_situations([*before, *after], level))
    found = []
    for roles, people in holders.items():
        cases = tuple(filter(None, (_case(roles, level, one, before, after) for one in situations)))
        if cases:
            found.append(Concerned(roles=roles, people=people, cases=cases))
    return tuple(sorted(found, key=lambda one: (-one.people, sorted(one.roles))))


Situation = tuple[frozenset[str], str, str, str]
"""Needs in hand, category, tier, zone."""


def _situations(rules: Iterable[Rule], level: int) -> Iterator[Situation]:
    """Give the situations that rules of this level tell apart; what no rule names stands for itself once."""
    of_level = [rule for rule in rules if rule.level == level]
    categories = sorted({rule.category for rule in of_level} | {ELSEWHERE})
    zones = sorted({rule.zone for rule in of_level} | {ELSEWHERE})
    by_tier = any(rule.tier or rule.highest_tier for rule in of_level)
    yield from product(SITUATIONS, categories, TIERS if by_tier else TIERS[:1], zones)


def _case(
    roles: frozenset[str], level: int, situation: Situation, before: Sequence[Rule], after: Sequence[Rule]
) -> Case | None:
    needs, category, tier, zone = situation
    question = Question(
        roles=roles,
        reached_as=roles,
        level=level,
        category=category,
        tier=tier,
        zone=zone,
        has_contact=CONTACT in needs,
        has_reason=REASON in needs,
        consent=Saying.GIVEN if CONSENT in needs else Saying.NONE,
        grant=Granting.LIVE if GRANT in needs else Granting.NONE,
    )
    was, becomes = decide(question, before).view, decide(question, after).view
    if was == becomes:
        return None
    return Case(needs=needs, category=category, tier=tier, zone=zone, before=was, after=becomes)


# --- what would have become of last month's reads -----------------------------------------------------------------


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


def _replay(
    rows: Sequence[Event], before: Sequence[Rule], after: Sequence[Rule], at: datetime
) -> tuple[Replayed, ...]:
    """Count the reads by roles and by what would have become of them; equal reads are worked out once."""
    beside = _beside(rows, at)
    counts = Counter(_read(row, beside) for row in rows)
    found: dict[frozenset[str], Replayed] = {}
    for read, number in counts.items():
        of = found.setdefault(read.roles, Replayed(roles=read.roles))
        fate = _fate(read, before, after)
        setattr(of, fate, getattr(of, fate) + number)
    return tuple(sorted(found.values(), key=lambda one: (-one.every, sorted(one.roles))))


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
