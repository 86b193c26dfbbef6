"""What a change of a reading rule would do, worked out before it is signed: who gains, who loses, which reads change.

Every set of roles that people hold together is decided twice, in every situation that the rules of this level tell
apart: under the rules of today and under those of tomorrow. `access.queries.replay` asks last month's reads again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any
from uuid import UUID

from access.consents import Saying
from access.grants import Granting
from access.policy import CONSENT, CONTACT, GRANT, REASON, VIEWS, Question, Rule, decide
from access.queries import replay
from access.queries import rules as reading_rules
from access.queries.replay import Replay
from customers.models import TIERS
from staff.models import Headship, Person, RoleHolding
from staff.models.rights import live
from staff.roles import HEAD

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change would do."""

    level: int
    concerned: tuple[Concerned, ...]
    reads: Replay

    @property
    def gaining(self) -> int:
        """How many people see more somewhere."""
        return sum(one.people for one in self.concerned if one.gains)

    @property
    def losing(self) -> int:
        """How many people see less somewhere."""
        return sum(one.people for one in self.concerned if one.loses)


def effect_of(content: Mapping[str, Any], at: datetime) -> Effect:
    """Work out what the content of a rule proposal would do if it were signed at `at`.

    :param content: as `access.services.rules.content_of` gives it.
    """
    before = reading_rules.in_force(at)
    after = _changed(before, content)
    level = int(content["level"])
    return Effect(
        level=level,
        concerned=_concerned(before, after, level, _holders(at)),
        reads=replay.replay(level, before, after, at),
    )


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
