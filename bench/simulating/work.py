"""An ordinary month: contacts, searches, refusals, lists; and what is odd about it though nobody does wrong."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

from bench.simulating.rows import Act, Dealing, Held, Staff
from bench.simulating.world import SITES, World

SEARCHES = ("number", "mobile", "any", "name")


class Month:
    """The acts and contacts of one month as they come about."""

    def __init__(self, world: World, since: datetime, until: datetime) -> None:
        self.world, self.since, self.until = world, since, until
        self.acts: list[Act] = []
        self.dealings: list[Dealing] = []
        first = since.date()
        self.days = [first + timedelta(days=n) for n in range((until - since).days)]

    def work(self) -> None:
        """Let everybody work as usual."""
        rng, noise = self.world.rng, self.world.size.noise
        busy = {
            (code, day): rng.uniform(1.2, 1.0 + 0.6 * noise) if noise else 1.0
            for code in self.world.customers
            for day in self.days
            if rng.random() < 0.06
        }
        for one in self.world.people:
            trip = self._trip(one)
            for day in self.days:
                if self.world.works(one, day):
                    self._day(one, day, busy.get((one.department, day), 1.0), trip.get(day))

    def _trip(self, one: Staff) -> dict[date, tuple[str, str]]:
        """A few people work at another site for some days: over a night, as people travel."""
        rng = self.world.rng
        if rng.random() > 0.03 * self.world.size.noise:
            return {}
        other = rng.choice([site for site in SITES if site[0] != one.site])
        first = rng.randrange(len(self.days))
        return dict.fromkeys(self.days[first : first + rng.randrange(1, 4)], other)

    def _day(self, one: Staff, day: date, factor: float, site: tuple[str, str] | None) -> None:
        rng, noise = self.world.rng, self.world.size.noise
        start, end = one.opens + rng.uniform(0, 0.6), one.closes - rng.uniform(0, 0.5)
        if one.weekends:  # a shift of the hotline
            start = rng.choice((8.0, 13.5)) + rng.uniform(0, 0.3)
            end = start + 8
        if rng.random() < one.late:
            end = one.closes + rng.uniform(0.3, 2.5)
        self.log_in(one, self.world.moment(day, start - 0.1), site)
        if rng.random() < 0.5:
            self.log_in(one, self.world.moment(day, 13 + rng.uniform(0, 0.5)), site)
        number = _poisson(rng, one.pace * factor * rng.lognormvariate(0, 0.18 * max(noise, 0.3)))
        for _ in range(number):
            self.deal(one, self.world.moment(day, rng.uniform(start, end)), site=site)
        for _ in range(_poisson(rng, 5)):
            self.page(one, self.world.moment(day, rng.uniform(start, end)), site)
        if rng.random() < 0.03 * noise:  # somebody has the wrong field, and tries again
            for _ in range(rng.randrange(2, 7)):
                self.refuse(one, self.world.moment(day, rng.uniform(start, end)))
        if rng.random() < 0.01 * noise:  # the list is called through from the top
            held, first = self.world.customers[one.department], rng.random()
            place = int(first * (len(held) - 20))
            at = rng.uniform(start, end - 1.5)
            for step in range(rng.choice((4, 5, 6, 7, 8, 12))):
                self.deal(one, self.world.moment(day, at + step * 0.11), held[place + step], lined=True)
        if "supervisor" in one.roles and rng.random() < 0.15:
            self.export(one, self.world.moment(day, rng.uniform(start, end)), rng.randrange(20, 260))
        if rng.random() < 0.004 * noise:
            self.own_consent(one, self.world.moment(day, rng.uniform(start, end)))

    def log_in(self, one: Staff, at: datetime, site: tuple[str, str] | None = None) -> None:
        """Log in."""
        self.acts.append(Act(at, one, "staff.login", {"second_factor": True}, site=site))

    def page(self, one: Staff, at: datetime, site: tuple[str, str] | None = None) -> None:
        """Look at a page of the list; its rows are in the event, and would be exposures."""
        self.acts.append(Act(at, one, "customer.listed", {"how": "list", "page": 1, "rows": 25}, site=site))

    def miss(self, one: Staff, at: datetime) -> None:
        """Search for a number that nobody has."""
        self.acts.append(Act(at, one, "customer.listed", {"how": "number", "page": 1, "rows": 0}))

    def refuse(self, one: Staff, at: datetime) -> None:
        """Be refused."""
        facts = {
            "field": "resident_id",
            "level": 3,
            "why": "no_consent",
            "missing": [],
            "consent": "",
            "grant": "",
        }
        held = self.pick(one)
        self.acts.append(Act(at, one, "reveal.refused", facts, [(held, "refused", 0)]))

    def export(self, one: Staff, at: datetime, rows: int) -> None:
        """Take masked rows out."""
        facts = {"format": "xlsx", "rows": rows, "fields": ["mobile"], "how": "list"}
        held = self.world.rng.sample(self.world.customers[one.department], min(rows, 300))
        self.acts.append(Act(at, one, "customer.exported", facts, [(each, "exported", 0) for each in held]))

    def own_consent(self, one: Staff, at: datetime) -> None:
        """Read on a consent that the same person captured."""
        self.acts.append(Act(at, one, "consent.own_used", {"field": "mobile", "record": "", "customer": ""}))

    def pick(self, one: Staff) -> Held:
        """Return a customer as they come: mostly of the own portfolio, now and then from elsewhere."""
        rng = self.world.rng
        code = one.department
        if rng.random() < 0.01 * self.world.size.noise:
            code = rng.choice(list(self.world.customers))
        if rng.random() < one.vip and self.world.vips[code]:
            return rng.choice(self.world.vips[code])
        held = self.world.customers[code]
        return held[int(rng.random() * len(held))]

    def deal(
        self,
        one: Staff,
        at: datetime,
        customer: Held | None = None,
        *,
        site: tuple[str, str] | None = None,
        reveal: float = 0.5,
        lined: bool | None = None,
        contact: bool = True,
    ) -> None:
        """Search for a customer, open the card, reveal a value perhaps, and close the contact perhaps."""
        rng, world = self.world.rng, self.world
        held = customer or self.pick(one)
        id = world.uuid() if contact else None
        if rng.random() < 0.06:
            self.miss(one, at - timedelta(seconds=40))
        how = {"how": SEARCHES[int(rng.random() * 4)], "page": 1, "rows": 1}
        self.acts.append(
            Act(at - timedelta(seconds=9), one, "customer.listed", how, [(held, "listed", 0)], site=site)
        )
        self.acts.append(
            Act(at, one, "customer.opened", {"held": 6}, [(held, "opened", 2)], contact=id, site=site)
        )
        last = at
        if rng.random() < reveal:
            last = at + timedelta(seconds=20 + 100 * rng.random())
            facts = {"field": "mobile", "level": 3, "reason": "", "ground": ""}
            self.acts.append(
                Act(last, one, "field.revealed", facts, [(held, "revealed", 3)], contact=id, site=site)
            )
        if rng.random() < 0.02:
            self.refuse(one, last + timedelta(seconds=5))
        if id is not None:
            closes = rng.random() < one.lines if lined is None else lined
            closed = last + timedelta(minutes=1 + 4 * rng.random()) if closes else None
            line = world.uuid() if closes else None
            self.dealings.append(Dealing(id, held, one, at, last, closed, line))


def _poisson(rng: object, mean: float) -> int:
    """Return a number of things that happen by themselves, as often as `mean`."""
    limit, product, number = math.exp(-min(mean, 500)), 1.0, -1
    while product > limit:
        product *= rng.random()  # type: ignore[attr-defined]
        number += 1
    return number
