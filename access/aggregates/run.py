"""The nightly job: every portfolio is counted, and its figures replaced where enough customers differ.

One portfolio is one transaction with the job's cursor (the last portfolio done, counts so far), so the job may be
killed at any instant. It reads open values and answers to consent; no sealed value is opened or even fetched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from access import events
from access.aggregates.dimensions import UNASKED, Dimensions, answer, dimensions, trait
from access.aggregates.release import LEAST, Names, Traits, count, differing, release
from access.models import AggregateRelease
from consent.queries.states import states
from customers.models import Portfolio
from customers.traits import Row, traits
from jobs.running import Turn
from trail.actor import Actor
from trail.services import record

AGGREGATES = "access.aggregates"
SEPARATOR = "|"
"""Between names and between values where figures are stored; no code has it."""


def run(turn: Turn) -> Mapping[str, object]:
    """Count every portfolio."""
    done = {name: int(turn.job.cursor.get(name, 0)) for name in ("after", "counted", "kept")}
    outcome = {name: done[name] for name in ("counted", "kept")}
    if turn.job.cursor.get("ended"):
        return outcome
    by = dimensions(turn.at)
    for portfolio in Portfolio.objects.filter(pk__gt=done["after"]).order_by("pk"):
        with transaction.atomic():
            outcome["counted" if renew(portfolio, by, at=turn.at) else "kept"] += 1
            turn.progress(done=sum(outcome.values()), cursor={**outcome, "after": portfolio.pk})
    with transaction.atomic():
        facts = {"job": str(turn.job.id), **outcome}
        record(events.PORTFOLIOS_COUNTED, by=Actor.system(AGGREGATES), at=turn.at, facts=facts)
        turn.progress(done=sum(outcome.values()), cursor={**outcome, "ended": True})
    return outcome


def renew(portfolio: Portfolio, by: Dimensions, *, at: datetime) -> bool:
    """Count one portfolio; return whether its figures were replaced, because five or more customers differ."""
    joint = joint_of(portfolio, by, at)
    axes = by.axes
    written = [[name, list(values)] for name, values in axes.items()]
    held = AggregateRelease.objects.select_for_update().filter(portfolio=portfolio).first()
    if held and held.axes == written and differing(joint, read_joint(held.joint)) < LEAST:
        held.checked_at = at
        held.save(update_fields=["checked_at"])
        return False
    told = release(count(joint, axes))
    AggregateRelease.objects.update_or_create(
        portfolio=portfolio,
        defaults={
            "axes": written,
            "figures": {
                key(names): {key(values): figure for values, figure in table.items()}
                for names, table in told.items()
            },
            "joint": [[*values, number] for values, number in sorted(joint.items())],
            "counted_at": at,
            "checked_at": at,
        },
    )
    return True


def joint_of(portfolio: Portfolio, by: Dimensions, at: datetime) -> Counter[Traits]:
    """Return how many customers of a portfolio have which traits, in the order of the axes."""
    joint: Counter[Traits] = Counter()
    for rows in traits(portfolio, list(by.fields.values()), at):
        joint.update(_traits_of(rows, by, at))
    return joint


def _traits_of(rows: list[Row], by: Dimensions, at: datetime) -> list[Traits]:
    said = states([ref for ref, _tier, _values in rows], at, purposes=by.consents)
    found = []
    for ref, tier, values in rows:
        derived = [trait(name, value) for name, value in zip(by.fields, values, strict=True)]
        answers = [answer(said[ref, code].state) if (ref, code) in said else UNASKED for code in by.consents]
        found.append((*derived, tier, *answers))
    return found


def read_joint(rows: list[list[object]]) -> Counter[Traits]:
    """Return a stored joint count."""
    return Counter({tuple(map(str, values)): int(str(number)) for *values, number in rows})


def key(names: Names) -> str:
    """Return names or values as a release stores them."""
    return SEPARATOR.join(names)
