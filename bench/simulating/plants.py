"""What somebody does wrong, in each of the ways that a detector looks for, from faint to plain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from bench.simulating.rows import Act, Staff
from bench.simulating.work import Month
from bench.simulating.world import SITES

Plant = Callable[[Month, Staff], bool]
"""Lets one person do it in one month; False where there was no way to."""


def off_hours(month: Month, one: Staff) -> bool:
    """Two to four nights or days off, with six to fifteen customers each."""
    rng, world = month.world.rng, month.world
    off = [day for day in month.days if not world.works(one, day)] if not one.weekends else []
    for _ in range(rng.randrange(2, 5)):
        start = rng.uniform(22.7, 25) if one.weekends or rng.random() < 0.6 or not off else rng.uniform(9, 16)
        day = rng.choice(off) if off and start < 20 else rng.choice(month.days[:-1])
        month.log_in(one, world.moment(day, start - 0.05))
        for _ in range(rng.randrange(6, 16)):
            month.deal(one, world.moment(day, start + rng.uniform(0, 1.5)), lined=False)
    return True


def high_frequency(month: Month, one: Staff) -> bool:
    """A day with three to six times as much, an hour with 24 to 45, or a month with more than twice as much."""
    rng, world = month.world.rng, month.world
    days = _days(month, one)
    if len(days) < 5:
        return False
    way = rng.random()
    if way < 0.4:
        for day in rng.sample(days, rng.randrange(1, 4)):
            for _ in range(int(one.pace * rng.uniform(2, 5))):
                month.deal(one, world.moment(day, rng.uniform(one.opens + 0.6, min(one.closes, 17.5))))
    elif way < 0.75:
        day, start = rng.choice(days), rng.uniform(9.5, 16)
        for _ in range(rng.randrange(24, 46)):
            month.deal(one, world.moment(day, start + rng.uniform(0, 0.95)), reveal=0.7)
    else:
        more = rng.uniform(1.2, 2.5)
        for day in days:
            for _ in range(int(one.pace * more)):
                month.deal(one, world.moment(day, rng.uniform(9.2, 17.5)))
    return True


def cross_region(month: Month, one: Staff) -> bool:
    """Customers of another region: ten to thirty on some days, or three to five each day."""
    rng, world = month.world.rng, month.world
    others = [code for code, held in world.customers.items() if held[0].region != one.region]
    days = _days(month, one)
    if len(days) < 5 or not others:
        return False
    held = world.customers[rng.choice(others)]
    slow = rng.random() < 0.35
    for day in days if slow else rng.sample(days, rng.randrange(1, 4)):
        for _ in range(rng.randrange(3, 6) if slow else rng.randrange(10, 31)):
            month.deal(one, world.moment(day, rng.uniform(9.2, 17.5)), rng.choice(held))
    return True


def travel(month: Month, one: Staff) -> bool:
    """Somebody else uses the login at another site in the middle of the day."""
    rng, world = month.world.rng, month.world
    days = _days(month, one)
    if not days:
        return False
    other = rng.choice([site for site in SITES if site[0] != one.site])
    day, at = rng.choice(days), rng.uniform(10, 16)
    for _ in range(rng.randrange(2, 8)):
        month.deal(one, world.moment(day, at + rng.uniform(0, 0.5)), site=other)
    return True


def bulk(month: Month, one: Staff) -> bool:
    """Forty to a hundred and twenty pages in a day, or an export of five hundred rows and more."""
    rng, world = month.world.rng, month.world
    days = _days(month, one)
    if not days:
        return False
    day = rng.choice(days)
    if "supervisor" in one.roles or rng.random() < 0.4:
        for _ in range(rng.randrange(1, 4)):
            month.export(one, world.moment(day, rng.uniform(9.5, 17)), rng.randrange(380, 500))
        month.export(one, world.moment(day, 17), rng.randrange(100, 500))
    else:
        for _ in range(rng.randrange(30, 121)):
            month.page(one, world.moment(day, rng.uniform(9.5, 17)))
    return True


def enumeration(month: Month, one: Staff) -> bool:
    """Ten to forty customers in the order of their numbers, or twenty-five to sixty numbers tried."""
    rng, world = month.world.rng, month.world
    days = _days(month, one)
    if not days:
        return False
    day, at = rng.choice(days), rng.uniform(9.5, 15)
    if rng.random() < 0.3:
        for _ in range(rng.randrange(25, 61)):
            month.miss(one, world.moment(day, at + rng.uniform(0, 2)))
        return True
    held = world.customers[one.department]
    length, step = rng.randrange(10, 41), rng.choice((1, 1, 2))
    place = rng.randrange(len(held) - 90)
    for number in range(length):
        month.deal(one, world.moment(day, at + number * 0.05), held[place + number * step], lined=False)
    return True


def vip(month: Month, one: Staff) -> bool:
    """Seven to twenty VIP customers more than others, a few at a time."""
    rng, world = month.world.rng, month.world
    days, held = _days(month, one), world.vips[one.department]
    if len(days) < 5 or len(held) < 20:
        return False
    for customer in rng.sample(held, rng.randrange(7, 21)):
        month.deal(one, world.moment(rng.choice(days), rng.uniform(9.2, 17.5)), customer)
    return True


def dormant(month: Month, one: Staff) -> bool:
    """Whoever is away for long is asleep; the account is not."""
    rng, world = month.world.rng, month.world
    slept = [
        day for day in month.days if all(day - timedelta(days=back) in one.away for back in range(1, 66))
    ]
    if not slept:
        return False
    for _ in range(rng.randrange(5, 20)):
        month.deal(one, world.moment(slept[0], rng.uniform(10, 17)), lined=False)
    return True


def no_contact(month: Month, one: Staff) -> bool:
    """Six to twenty reads outside any contact, or a month of contacts without lines."""
    rng, world = month.world.rng, month.world
    days = _days(month, one)
    if len(days) < 5:
        return False
    if rng.random() < 0.6:
        for _ in range(rng.randrange(5, 21)):
            month.deal(one, world.moment(rng.choice(days), rng.uniform(9.2, 17.5)), contact=False)
        return True
    for dealing in month.dealings:
        if dealing.by is one and rng.random() < 0.85:
            dealing.closed = dealing.line = None
    return True


def refusals(month: Month, one: Staff) -> bool:
    """Eight to thirty refusals on one to three days."""
    rng, world = month.world.rng, month.world
    days = _days(month, one)
    if not days:
        return False
    for day in rng.sample(days, min(len(days), rng.randrange(1, 4))):
        for _ in range(rng.randrange(8, 31)):
            month.refuse(one, world.moment(day, rng.uniform(9.2, 17.5)))
    return True


def leaving(month: Month, one: Staff) -> bool:
    """Two and a half to five times as many values in the last ten days."""
    rng, world = month.world.rng, month.world
    if one.leaves is None or not month.since <= one.leaves < month.until:
        return False
    days = [day for day in month.days if world.works(one, day)][-8:]
    if len(days) < 4:
        return False
    more = rng.uniform(1.2, 3)
    for day in days:
        for _ in range(int(one.pace * more)):
            month.deal(one, world.moment(day, rng.uniform(9.2, 17.5)), reveal=0.9)
    return True


def self_approval(month: Month, one: Staff) -> bool:
    """One attempt."""
    facts = {"proposal": "", "proposal_kind": "request"}
    month.acts.append(Act(_noon(month, one), one, "approvals.self_approval", facts))
    return True


def decoy(month: Month, one: Staff) -> bool:
    """One decoy opened."""
    month.deal(one, _noon(month, one), month.world.rng.choice(month.world.decoys))
    return True


def own_consent(month: Month, one: Staff) -> bool:
    """Three to eight values read so."""
    for _ in range(month.world.rng.randrange(3, 9)):
        month.own_consent(one, _noon(month, one))
    return True


PLANTS: dict[str, Plant] = {
    plant.__name__: plant
    for plant in (
        off_hours,
        high_frequency,
        cross_region,
        travel,
        bulk,
        enumeration,
        vip,
        dormant,
        no_contact,
        refusals,
        leaving,
        self_approval,
        decoy,
        own_consent,
    )
}


def plant(month: Month, *, each: int) -> set[tuple[str, str]]:
    """Let `each` people do wrong in each way, nobody in two; return what was planted: detector and staff number."""
    rng, planted = month.world.rng, set()
    free = [one for one in month.world.agents() if one.leaves is None or one.leaves > month.since]
    rng.shuffle(free)
    for code, act in PLANTS.items():
        wanted = each
        for one in list(free):
            if wanted and act(month, one):
                planted.add((code, one.number))
                free.remove(one)
                wanted -= 1
            if not wanted:
                break
    return planted


def _days(month: Month, one: Staff) -> list[date]:
    return [day for day in month.days if month.world.works(one, day)]


def _noon(month: Month, one: Staff):  # type: ignore[no-untyped-def]
    days = _days(month, one) or month.days
    return month.world.moment(month.world.rng.choice(days), month.world.rng.uniform(10, 17))
