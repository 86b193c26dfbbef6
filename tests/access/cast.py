"""Who reads and who is read in the tests of access: two departments, three portfolios, one person per role."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.contrib.auth.models import Permission

from classification.queries import catalogue
from customers.models import (
    SERVE_PORTFOLIO,
    Customer,
    Portfolio,
    PortfolioPersonPermission,
)
from customers.writing import add_index_rows
from staff.models import Department, Headship, Person, RoleHolding
from staff.roles import AGENT, HEAD, OFFICER, SUPERVISOR
from tests.scenery import no_history
from tests.staff.company import bound
from trail import services as trail
from trail.actor import Actor
from vault.keyring import make_keys
from vault.place import Place
from vault.sealing import seal

JOINED = datetime(2024, 1, 1, tzinfo=UTC)
VALUES = {
    "full_name": "张示例",
    "member_level": "金卡会员",
    "mobile": "15400000018",
    "resident_id": "119900199001010010",
    "email": "a.nobody@example.com",
    "birth_year": "1990",
}
CANARIES = ("15400000018", "119900199001010010", "a.nobody@example.com")
"""The clear L3 values, which may leave through the reveal alone."""


@dataclass
class Cast:
    """The people and customers of one test."""

    at: datetime
    departments: dict[str, Department] = field(default_factory=dict)
    portfolios: dict[str, Portfolio] = field(default_factory=dict)

    @no_history()
    def __post_init__(self) -> None:
        root = Department.objects.create(code="root", name="总部")
        for code in ("north", "south"):
            made = Department.objects.create(code=code, name=code, parent=root)
            self.departments[code] = made
            self.portfolios[code] = Portfolio.objects.create(
                code=code, name=f"{code} customers", department=made, region=code
            )

    @no_history()
    def person(self, *roles: str, department: str = "north", serves: str = "north") -> Actor:
        """Make a person with these roles; an agent serves a portfolio, a head leads the department."""
        number = f"T{Person.objects.count():03d}"
        place = self.departments[department]
        person = Person.objects.create_user(number, f"人{number}", department=place, joined_at=JOINED)
        bound(person)
        for role in roles:
            if role == HEAD:
                Headship.objects.create(department=place, person=person, since=JOINED)
            else:
                RoleHolding.objects.create(person=person, role=role, since=JOINED)
            if role == AGENT and serves:
                self.give(person, serves)
        return Actor(
            id=person.id,
            number=number,
            name=person.name,
            roles=frozenset(roles),
            department=department,
            second_factor_at=self.at,
        )

    def give(self, person: Person, portfolio: str) -> None:
        """Let a person serve a portfolio."""
        permission = Permission.objects.get(codename=SERVE_PORTFOLIO, content_type__app_label="customers")
        PortfolioPersonPermission.objects.create(
            user=person, content_object=self.portfolios[portfolio], permission=permission
        )

    def customer(
        self, number: str = "", portfolio: str = "north", tier: str = "standard", **values: str
    ) -> Customer:
        """Make a customer with sealed values, as the services would."""
        ref = uuid4()
        known = catalogue(self.at)
        keys = make_keys([ref], "L3", at=self.at)
        held = VALUES | values
        sealed = {
            code: seal(text, Place(ref, "L3", code, 3), keys)
            for code, text in held.items()
            if known.get(code).sealed
        }
        return Customer.objects.create(
            ref=ref,
            number=number or f"C{Customer.objects.count():05d}",
            portfolio=self.portfolios[portfolio],
            tier=tier,
            open={code: text for code, text in held.items() if not known.get(code).sealed},
            sealed=sealed,
            created_at=self.at,
            updated_at=self.at,
        )

    def indexed_customer(self, number: str = "", portfolio: str = "north", **values: str) -> Customer:
        """Make a customer whose sealed values can be found."""
        customer = self.customer(number, portfolio, **values)
        held = {code: text for code, text in (VALUES | values).items() if code in customer.sealed}
        add_index_rows(customer, catalogue(self.at), held)
        return customer

    def agent(self, **more) -> Actor:
        return self.person(AGENT, **more)

    def supervisor(self, **more) -> Actor:
        return self.person(SUPERVISOR, **more)

    def officer(self, **more) -> Actor:
        return self.person(OFFICER, **more)


def later(actor: Actor, seconds: float) -> Actor:
    """Give the same person with a second factor that is older by so much."""
    assert actor.second_factor_at is not None
    return replace(actor, second_factor_at=actor.second_factor_at - timedelta(seconds=seconds))


def now() -> datetime:
    return trail.clock()


def last_event() -> int:
    """Give the number of the newest event, so that a test looks only at what came after."""
    from trail.models import Event

    return Event.objects.order_by("-id").values_list("id", flat=True).first() or 0


def kinds_since(event: int) -> list[str]:
    """Give the kinds of the events after this one, in order."""
    from trail.models import Event

    return list(Event.objects.filter(id__gt=event).order_by("id").values_list("kind", flat=True))


def exposures_since(event: int, customer: UUID | None = None):
    """Give the exposures after this event."""
    from trail.models import Exposure

    found = Exposure.objects.filter(event_id__gt=event).order_by("id")
    return list(found.filter(customer=customer) if customer else found)
