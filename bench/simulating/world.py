"""The company: departments at sites in regions, their people and customers, and who is away when."""

from __future__ import annotations

import itertools
import random
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from audit.models import WorkingHours
from bench.simulating.rows import Held, Staff, copy_customers
from customers.models import Customer, Portfolio
from lawbook import calendar
from staff.models import Department, Person
from trail import services as trail
from trail.actor import Actor

ZONE = ZoneInfo("Asia/Shanghai")
SITES = (("harbour", "south"), ("tower", "east"), ("park", "north"))
HOTLINE = (8.0, 22.0)
VIP_SHARE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What is simulated. `noise` 0 is a company without oddities, 1 the ordinary one, 2 a restless one."""

    seed: int
    people: int = 60
    pace: float = 14.0
    customers: int = 12_000
    year: int = 2025
    months: int = 12
    noise: float = 1.0


@dataclass(slots=True)
class World:
    """Everybody and everything of one seed."""

    size: Size
    rng: random.Random
    people: list[Staff] = field(default_factory=list)
    customers: dict[str, list[Held]] = field(default_factory=dict)
    vips: dict[str, list[Held]] = field(default_factory=dict)
    decoys: list[Held] = field(default_factory=list)
    working: calendar.WorkingCalendar = field(default_factory=calendar.current)

    def uuid(self) -> UUID:
        """Return the next UUID of this seed."""
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def agents(self) -> list[Staff]:
        """Return those who serve customers."""
        return [one for one in self.people if "agent" in one.roles]

    def months(self) -> list[tuple[datetime, datetime]]:
        """Return the months of the year, from midnight to midnight."""
        starts = [
            datetime(self.size.year + month // 12, month % 12 + 1, 1, tzinfo=ZONE)
            for month in range(self.size.months + 1)
        ]
        return list(itertools.pairwise(starts))

    def moment(self, day: date, hour: float) -> datetime:
        """Return a time of a day; hours past 24 are of the next."""
        return datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(hours=hour)

    def works(self, one: Staff, day: date) -> bool:
        """Return whether a person works on a day."""
        if day in one.away or (one.leaves and one.leaves <= self.moment(day, 18)):
            return False
        return self.working.works(day) or (one.weekends and self.rng.random() < 0.6)


def build(size: Size) -> World:
    """Make departments, people and customers, and room in the trail."""
    world = World(size=size, rng=random.Random(size.seed))  # noqa: S311
    start = datetime(size.year, 1, 1, tzinfo=ZONE)
    trail.make_partitions(
        by=Actor.system("bench"), at=trail.clock(), first=date(size.year - 1, 12, 1), months=15
    )
    number = max(3, size.people // 12)
    for place in range(number):
        _department(world, place, number, start)
    chosen = [one for held in world.customers.values() for one in world.rng.sample(held, 1)]
    world.decoys = chosen
    for code, held in world.customers.items():
        world.customers[code] = [one for one in held if one not in chosen]
    _absences(world)
    return world


def _department(world: World, place: int, number: int, start: datetime) -> None:
    size, rng = world.size, world.rng
    code = f"s{size.seed}-d{place}"
    site, region = SITES[place % len(SITES)]
    department = Department.objects.create(code=code, name=code)
    portfolio = Portfolio.objects.create(code=code, name=code, department=department, region=region)
    hotline = place == number - 1
    if hotline:
        opens, closes = (int(hour * 60) for hour in HOTLINE)
        WorkingHours.objects.create(
            department=code, opens=opens, closes=closes, every_day=True, since=start, shipped=True
        )
    crew = [
        _staff(world, code, site, region, hotline, serial, place) for serial in range(size.people // number)
    ]
    Person.objects.bulk_create(
        Person(
            id=one.id,
            number=one.number,
            name=one.number,
            department=department,
            joined_at=start - timedelta(days=900),
            left_at=one.leaves,
        )
        for one in crew
    )
    world.people += crew
    held = size.customers // number
    rows = []
    for serial in range(held):
        tier = "vip" if rng.random() < VIP_SHARE else "standard"
        rows.append((world.uuid(), f"S{size.seed}D{place}-{serial:06d}", portfolio.pk, tier, start))
    copy_customers(rows)
    made = Customer.objects.filter(portfolio=portfolio).order_by("pk").values_list("pk", "ref", "tier")
    every = [(Held(pk, ref, region, code), tier) for pk, ref, tier in made]
    world.customers[code] = [one for one, _tier in every]
    world.vips[code] = [one for one, tier in every if tier == "vip"]


def _staff(world: World, code: str, site: str, region: str, hotline: bool, serial: int, place: int) -> Staff:
    rng, size = world.rng, world.size
    boss = serial == 0
    leaves = None
    if not boss and rng.random() < 0.12 * size.months / 12:
        leaves = world.moment(date(size.year, 1, 1) + timedelta(days=rng.randrange(40, 30 * size.months)), 18)
    return Staff(
        id=world.uuid(),
        number=f"S{size.seed}D{place}P{serial}",
        department=code,
        roles=("supervisor",) if boss else ("agent",),
        site=site,
        region=region,
        pace=size.pace * rng.lognormvariate(0, 0.25) * (0.4 if boss else 1.0),
        lines=min(0.99, max(0.5, rng.gauss(0.88, 0.10 * size.noise))),
        late=rng.choice((0.02, 0.04, 0.15)) * size.noise,
        vip=VIP_SHARE * rng.choice((1, 1, 1, 2, 3)),
        opens=HOTLINE[0] if hotline else 8.5,
        closes=HOTLINE[1] if hotline else 18.0,
        weekends=hotline,
        leaves=leaves,
    )


def _absences(world: World) -> None:
    """Holidays for all, a long leave for some, and for a few one so long that the account looks asleep."""
    rng, size = world.rng, world.size
    last = 30 * size.months
    for one in world.people:
        spells = [rng.randrange(3, 9) for _ in range(max(1, size.months // 5))]
        if rng.random() < 0.05 * size.noise:
            spells.append(rng.randrange(20, 45))
        if rng.random() < 0.02 * size.noise * size.months / 12:
            spells.append(rng.randrange(70, 120))
        for days in spells:
            first = rng.randrange(0, last)
            one.away |= {date(size.year, 1, 1) + timedelta(days=first + day) for day in range(days)}
