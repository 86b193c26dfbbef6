"""Three months of access history for the demo: what a service team plausibly did, day by day.

The events are of the same kinds and carry the same facts as the real ones; their mode is `demo`, and their time
lies in the past, which production refuses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from access import events as reading
from access.policy import CLEAR, MASKED
from custinfo.demo.cast import CAST, Member, actor
from customers import events as changing
from customers.models import Contact, Customer
from staff import events as people
from staff.models import Person
from staff.roles import AGENT, AUDITOR, OFFICER, SUPERVISOR
from trail import services as trail
from trail.actor import Actor
from trail.events import TRAIL_READ
from trail.exposed import COMPARED, LISTED, OPENED, REFUSED, REVEALED, Exposed
from trail.vocabulary import EventKind

DAYS = 91
DAYS_OF_CONTACTS = 14
OPEN_FIELDS = ("full_name", "member_level", "preference_tags", "surname")
MASKED_FIELDS = ("address", "bank_card", "email", "mobile", "resident_id")
REVEALED_FIELDS = ("mobile", "address", "mobile", "email", "resident_id", "mobile")


@dataclass(frozen=True, slots=True)
class Seen:
    """A customer as the trail names it."""

    pk: int
    ref: UUID
    portfolio: str
    region: str


def make_history(cast: dict[str, Person], at: datetime, *, seed: int = 7) -> int:
    """Record the history that ends yesterday; return the number of events."""
    draw = Random(seed)  # noqa: S311  (plausible, not secret)
    held: dict[str, list[Seen]] = {}
    rows = Customer.objects.order_by("number").values_list(
        "pk", "ref", "portfolio__code", "portfolio__region"
    )
    for pk, ref, code, region in rows:
        held.setdefault(code, []).append(Seen(pk, ref, code, region))
    everyone = [one for group in held.values() for one in group]
    made = 0
    contacts: list[Contact] = []
    today = timezone.localdate(at)
    for back in range(DAYS, 0, -1):
        day = today - timedelta(days=back)
        with transaction.atomic():
            for member in CAST:
                mine = [one for code in member.portfolios for one in held.get(code, [])] or everyone
                lived = Day(draw, day, member, cast[member.number], mine)
                made += lived.live()
                contacts += lived.contacts if back <= DAYS_OF_CONTACTS else []
    Contact.objects.bulk_create(contacts)
    return made


class Day:
    """One person's working day."""

    def __init__(
        self, draw: Random, day: date, member: Member, person: Person, customers: Sequence[Seen]
    ) -> None:
        self.draw, self.day, self.member, self.customers = draw, day, member, customers
        self.person = person
        self.by: Actor = actor(person, member)
        self.made = 0
        self.contacts: list[Contact] = []
        self.minute, self.second = 0, 0

    def live(self) -> int:
        """Record the day; return the number of events."""
        weekend = self.day.weekday() >= 5
        works = {AGENT: 0.25 if weekend else 0.97, SUPERVISOR: 0.1 if weekend else 0.95}
        if self.draw.random() > works.get(self.member.role, 0.0 if weekend else 0.4):
            return 0
        self.minute = 8 * 60 + 30 + self.draw.randrange(40)
        self._record(people.LOGIN, {"second_factor": "" if self.member.role == AGENT else "totp"})
        if self.member.role == AGENT:
            for _ in range(self.draw.randint(6, 12)):
                self._contact(reveals=0.0, refusals=0.06)
        elif self.member.role == SUPERVISOR:
            for _ in range(self.draw.randint(2, 5)):
                self._contact(reveals=0.6, refusals=0.0)
            self._record(TRAIL_READ, {"scope": "team", "filters": ["period"]})
        elif self.member.role in (OFFICER, AUDITOR):
            self._record(TRAIL_READ, {"scope": "events", "filters": ["period"]})
        self._record(people.LOGOUT, {})
        return self.made

    def _contact(self, *, reveals: float, refusals: float) -> None:
        one = self.draw.choice(self.customers)
        contact, purpose = uuid4(), self.draw.choices(("service", "complaint"), (5, 1))[0]
        found = [one, *self.draw.sample(self.customers, self.draw.randint(0, 2))]
        self._record(
            reading.CUSTOMERS_LISTED,
            {"how": self.draw.choice(("mobile", "number", "name")), "page": 1, "rows": len(found)},
            [self._shown(each, LISTED) for each in found],
        )
        channel = self.draw.choice(("phone", "phone", "chat", "counter"))
        self._record(changing.CONTACT_OPENED, {"channel": channel}, contact=contact, purpose=purpose)
        opened_at = self.at
        self._record(
            reading.CUSTOMER_OPENED, {"held": 9}, [self._shown(one, OPENED)], contact=contact, purpose=purpose
        )
        if self.draw.random() < 0.35:
            field = self.draw.choice(("mobile", "resident_id"))
            self._record(
                reading.VALUE_COMPARED,
                {"field": field, "right": self.draw.random() < 0.9},
                [self._shown(one, COMPARED, masked=())],
                contact=contact,
                purpose=purpose,
            )
        if self.draw.random() < reveals:
            self._reveal(one, contact, purpose)
        if self.draw.random() < refusals:
            self._refusal(one, contact, purpose)
        self._record(changing.CONTACT_CLOSED, {"line": ""}, contact=contact, purpose=purpose)
        self.contacts.append(
            Contact(
                id=contact,
                customer_id=one.pk,
                person_id=self.person.pk,
                person_number=self.by.number,
                channel=channel,
                purpose=purpose,
                opened_at=opened_at,
                last_act_at=self.at,
                closed_at=self.at,
            )
        )

    def _reveal(self, one: Seen, contact: UUID, purpose: str) -> None:
        field = self.draw.choice(REVEALED_FIELDS)
        shown = Exposed(
            customer=one.ref,
            act=REVEALED,
            clear=(field,),
            level=3,
            portfolio=one.portfolio,
            region=one.region,
        )
        self._record(
            reading.FIELD_REVEALED,
            {"field": field, "level": 3, "reason": "", "ground": ""},
            [shown],
            contact=contact,
            purpose=purpose,
            decision=CLEAR,
        )

    def _refusal(self, one: Seen, contact: UUID, purpose: str) -> None:
        self._record(
            reading.REVEAL_REFUSED,
            {
                "field": "mobile",
                "level": 3,
                "why": "needs_missing",
                "missing": ["consent"],
                "consent": "no_consent",
                "grant": "",
            },
            [Exposed(customer=one.ref, act=REFUSED, portfolio=one.portfolio, region=one.region)],
            contact=contact,
            purpose=purpose,
            decision=MASKED,
        )

    def _shown(self, one: Seen, act: str, masked: tuple[str, ...] = MASKED_FIELDS) -> Exposed:
        clear = OPEN_FIELDS if masked else ()
        return Exposed(
            customer=one.ref,
            act=act,
            clear=clear,
            masked=masked,
            level=2 if clear else 0,
            portfolio=one.portfolio,
            region=one.region,
        )

    def _record(
        self,
        kind: EventKind,
        facts: dict[str, object],
        exposures: Sequence[Exposed] = (),
        *,
        contact: UUID | None = None,
        purpose: str = "",
        decision: str = "",
    ) -> None:
        rule = f"{self.member.role}-l3" if decision else ""
        trail.record(
            kind,
            by=self.by,
            at=self._next(),
            facts=facts,
            exposures=exposures,
            contact=contact,
            purpose=purpose,
            decision=decision,
            rule=rule,
            rule_version=1 if rule else None,
        )
        self.made += 1

    @property
    def at(self) -> datetime:
        """The moment of the last event."""
        midnight = datetime.combine(self.day, time.min)
        return timezone.make_aware(
            midnight + timedelta(minutes=min(self.minute, 23 * 60), seconds=self.second)
        )

    def _next(self) -> datetime:
        self.minute += self.draw.randint(1, 3)
        self.second = self.draw.randrange(60)
        return self.at
