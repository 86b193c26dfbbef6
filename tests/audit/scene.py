"""A department at work in September and October 2026, in the trail as the application would have written it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from audit.detectors import registry
from audit.detectors.hits import Hit
from bench.simulating.rows import Act, Dealing, Held, Staff, copy_customers, write
from customers.models import Customer, Portfolio
from staff.models import Department, Person
from trail import services as trail
from trail.actor import Actor
from trail.models import Event

ZONE = ZoneInfo("Asia/Shanghai")
SINCE, UNTIL = datetime(2026, 9, 1, tzinfo=ZONE), datetime(2026, 10, 1, tzinfo=ZONE)
HARBOUR, TOWER = ("harbour", "south"), ("tower", "north")
FACTS = {"field": "mobile", "level": 3, "reason": "", "ground": ""}


def on(day: int, hour: float, month: int = 9, year: int = 2026) -> datetime:
    """Give a local time."""
    return datetime(year, month, day, tzinfo=ZONE) + timedelta(hours=hour)


class Scene:
    """People, customers and what they do; `find` writes it and asks a detector."""

    def __init__(self, *, first: date = date(2026, 8, 1), months: int = 3) -> None:
        trail.make_partitions(by=Actor.system("test"), at=trail.clock(), first=first, months=months)
        self.department = Department.objects.create(code="line", name="line")
        self.acts: list[Act] = []
        self.dealings: list[Dealing] = []

    def staff(self, number: int = 1, *, role: str = "agent", joined: datetime | None = None) -> list[Staff]:
        made = []
        for _ in range(number):
            serial = f"Q{Person.objects.count():03d}"
            person = Person.objects.create_user(
                serial, serial, department=self.department, joined_at=joined or on(1, 0, 1, 2024)
            )
            made.append(Staff(person.id, serial, "line", (role,), *HARBOUR, pace=10, lines=1, late=0, vip=0))
        return made

    def customers(
        self, number: int, *, tier: str = "standard", region: str = "south", prefix: str = "K"
    ) -> list[Held]:
        code = f"{region}-{prefix}"
        portfolio = Portfolio.objects.create(code=code, name=code, department=self.department, region=region)
        copy_customers(
            [(uuid4(), f"{prefix}-{serial * 10:06d}", portfolio.pk, tier, SINCE) for serial in range(number)]
        )
        rows = Customer.objects.filter(portfolio=portfolio).order_by("pk").values_list("pk", "ref")
        return [Held(pk, ref, region, code) for pk, ref in rows]

    def unknown(self, number: int, region: str = "south") -> list[Held]:
        """Customers of whom the trail alone tells: enough for whatever only counts."""
        return [Held(0, uuid4(), region, "away") for _ in range(number)]

    def open(
        self,
        by: Staff,
        at: datetime,
        held: Held,
        *,
        contact: UUID | None = None,
        site: tuple[str, str] | None = None,
    ) -> None:
        shows = [(held, "opened", 2)]
        self.acts.append(Act(at, by, "customer.opened", {"held": 1}, shows, contact=contact, site=site))

    def reveal(self, by: Staff, at: datetime, held: Held, *, contact: UUID | None = None) -> None:
        shows = [(held, "revealed", 3)]
        self.acts.append(Act(at, by, "field.revealed", dict(FACTS), shows, contact=contact))

    def many(self, by: Staff, start: datetime, number: int, *, minutes: float = 5, **more) -> None:
        """Open so many different customers, one every few minutes."""
        for place, held in enumerate(self.unknown(number, more.pop("region", "south"))):
            self.open(by, start + timedelta(minutes=minutes * place), held, contact=uuid4(), **more)

    def event(
        self, by: Staff, at: datetime, kind: str, facts: dict[str, object], shows: Sequence = ()
    ) -> None:
        self.acts.append(Act(at, by, kind, facts, shows))

    def contact(self, by: Staff, held: Held, at: datetime, *, closed: datetime | None) -> UUID:
        id = uuid4()
        line = uuid4() if closed else None
        self.dealings.append(Dealing(id, held, by, at, at, closed, line))
        return id

    def usual(self, people: Sequence[Staff], *, number: int = 8, days: Sequence[int] = ()) -> None:
        """Let people work in working hours: so many customers on each of these days of September."""
        for one in people:
            for day in days or (1, 2, 3, 4, 7, 8, 9, 10):
                self.many(one, on(day, 9), number, minutes=50)

    def write(self) -> None:
        write(self.acts, self.dealings)
        self.acts, self.dealings = [], []

    def find(
        self, code: str, since: datetime = SINCE, until: datetime = UNTIL, at: datetime | None = None
    ) -> list[Hit]:
        self.write()
        hits = registry.detect(since=since, until=until, at=at or until, only=[code])
        for hit in hits:
            shown = Event.objects.filter(id__in=hit.events, at__gte=since - timedelta(days=40), at__lt=until)
            assert hit.events
            assert shown.count() == len(set(hit.events)) == len(hit.events)
            # Whoever is refused at the door is nobody yet.
            assert {event.actor_id or hit.person for event in shown} == {hit.person}
            assert hit.score >= 1
            assert registry.explain(hit.detector, hit.features)
        return hits
