"""What the effect of a rule change looks like on a page: people, situations, and last month's reads, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from access import words
from access.queries.effect import Case, Concerned, effect_of
from access.queries.replay import COUNTED, MOST_EVENTS, Replayed
from access.services import rules
from approvals.models import Proposal
from approvals.rules import WAITING, state
from staff.roles import NAMES

MOST_CASES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseShown:
    """One situation: what was shown, what will be."""

    situation: str
    before: str
    after: str
    view_before: str
    view_after: str
    gains: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleShown:
    """People of the same roles."""

    roles: str
    people: int
    gains: bool
    loses: bool
    cases: list[CaseShown]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadsShown:
    """Reads of people of the same roles, with the numbers that are drawn."""

    roles: str
    every: int
    same: int
    opened: int
    refused: int
    unknown: int
    otherwise: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectShown:
    """All of it."""

    level: int
    people: list[PeopleShown]
    gaining: int
    losing: int
    reads: list[ReadsShown]
    total: int
    many: bool
    """There were more reads than were counted."""
    replayed: int
    capped: bool
    since: datetime
    most: int


def effect_of_proposal(proposal: Proposal, at: datetime) -> EffectShown | None:
    """Return the effect of a waiting change of a rule; None for every other proposal."""
    if proposal.kind != rules.KIND or state(proposal, at) != WAITING:
        return None
    return effect_shown(proposal.content, at)


def effect_shown(content: Mapping[str, Any], at: datetime) -> EffectShown:
    """Work out what a change would do, and put it in words."""
    found = effect_of(content, at)
    reads = found.reads
    return EffectShown(
        level=found.level,
        people=[_people(one) for one in found.concerned],
        gaining=found.gaining,
        losing=found.losing,
        reads=[_reads(one) for one in reads.by_roles],
        total=min(reads.reads, COUNTED),
        many=reads.reads > COUNTED,
        replayed=min(reads.reads, MOST_EVENTS),
        capped=reads.capped,
        since=reads.since,
        most=max((one.every for one in reads.by_roles), default=0),
    )


def _people(one: Concerned) -> PeopleShown:
    return PeopleShown(
        roles=_roles(one.roles),
        people=one.people,
        gains=one.gains,
        loses=one.loses,
        cases=[_case(case) for case in one.cases[:MOST_CASES]],
        more=max(len(one.cases) - MOST_CASES, 0),
    )


def _case(case: Case) -> CaseShown:
    ordered = [need for need in ("contact", "reason", "consent", "grant") if need in case.needs]
    hand = (
        gettext("with %(needs)s") % {"needs": words.needs(ordered)}
        if ordered
        else gettext("without anything")
    )
    where = words.setting(case.category, case.tier, case.zone)
    return CaseShown(
        situation=" · ".join(filter(None, (hand, where))),
        before=str(words.VIEWS[case.before]),
        after=str(words.VIEWS[case.after]),
        view_before=case.before,
        view_after=case.after,
        gains=case.gains,
    )


def _reads(one: Replayed) -> ReadsShown:
    return ReadsShown(
        roles=_roles(one.roles),
        every=one.every,
        same=one.same,
        opened=one.opened,
        refused=one.refused,
        unknown=one.unknown,
        otherwise=one.otherwise,
    )


def _roles(roles: frozenset[str]) -> str:
    return gettext(", ").join(str(NAMES[role]) for role in NAMES if role in roles)
