"""Make customers quickly, as the services would write them: for tests, the demo's figures and the bench."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.contrib.auth.models import Permission

from classification.queries import Catalogue, catalogue
from customers import bulk
from customers.bulk import NewCustomer
from customers.models import (
    SERVE_CUSTOMER,
    SERVE_PORTFOLIO,
    Customer,
    CustomerPersonPermission,
    Portfolio,
    PortfolioPersonPermission,
)
from customers.values import index_rows, seal_all
from customers.writing import origin_of
from kinds.synthetic import person as synthetic_person
from staff.models import Department, Headship, Person, RoleHolding
from staff.roles import AGENT, HEAD
from tests.scenery import no_history
from trail.actor import Actor
from vault.keyring import make_keys

JOINED = datetime(2024, 1, 1, tzinfo=UTC)
CHUNK = 2000


@no_history()
def make_department(code: str, parent: Department | None = None) -> Department:
    """Make one department."""
    return Department.objects.create(code=code, name=code, parent=parent)


@no_history()
def make_portfolio(code: str, department: Department | None = None, region: str = "") -> Portfolio:
    """Make one portfolio, by default of a department with the same code."""
    department = department or make_department(code)
    return Portfolio.objects.create(code=code, name=f"{code} customers", department=department, region=region)


@no_history()
def make_actor(*roles: str, department: Department, at: datetime, number: str = "") -> Actor:
    """Make a person with these roles, and return who acts."""
    number = number or f"P{Person.objects.count():04d}"
    person = Person.objects.create_user(number, f"Person {number}", department=department, joined_at=JOINED)
    for role in roles:
        if role == HEAD:
            Headship.objects.create(department=department, person=person, since=JOINED)
        else:
            RoleHolding.objects.create(person=person, role=role, since=JOINED)
    return Actor(
        id=person.pk,
        number=number,
        name=person.name,
        roles=frozenset(roles),
        department=department.code,
        second_factor_at=at,
    )


def serve(actor: Actor, *portfolios: Portfolio) -> None:
    """Let a person serve portfolios, without a proposal."""
    permission = Permission.objects.get(codename=SERVE_PORTFOLIO, content_type__app_label="customers")
    for portfolio in portfolios:
        PortfolioPersonPermission.objects.create(
            user_id=actor.id, content_object=portfolio, permission=permission
        )


def serve_one(actor: Actor, *customers: Customer) -> None:
    """Let a person serve single customers, without a proposal."""
    permission = Permission.objects.get(codename=SERVE_CUSTOMER, content_type__app_label="customers")
    for customer in customers:
        CustomerPersonPermission.objects.create(
            user_id=actor.id, content_object=customer, permission=permission
        )


def make_agent(portfolio: Portfolio, at: datetime) -> Actor:
    """Make an agent who serves a portfolio."""
    actor = make_actor(AGENT, department=portfolio.department, at=at)
    serve(actor, portfolio)
    return actor


def synthetic_values(number: int, *, seed: int = 0) -> dict[str, str]:
    """Return the values of somebody who does not exist, by field code: five sealed, the others open."""
    who = synthetic_person(number, seed=seed)
    return {
        "full_name": who.name,
        "member_level": who.member_level,
        "city": who.city,
        "mobile": who.mobile,
        "email": who.email,
        "address": who.address,
        "resident_id": who.resident_id,
        "bank_card": who.bank_card,
    }


def bulk_make(
    count: int,
    *,
    portfolio: Portfolio,
    at: datetime,
    first: int = 0,
    prefix: str = "C",
    tier: str = "standard",
    seed: int = 0,
) -> list[UUID]:
    """Make so many customers in a portfolio, sealed and indexed, by COPY; return their refs in order.

    Numbers run from `first`: C0000000, C0000001 … The values are those of `synthetic_values`.
    """
    refs: list[UUID] = []
    known = catalogue(at)
    for start in range(first, first + count, CHUNK):
        numbers = range(start, min(start + CHUNK, first + count))
        chunk = list(_new(numbers, known, portfolio, at, prefix, tier, seed))
        bulk.insert(chunk, at=at)
        refs += [one.ref for one in chunk]
    return refs


def _new(
    numbers: range, known: Catalogue, portfolio: Portfolio, at: datetime, prefix: str, tier: str, seed: int
) -> Iterator[NewCustomer]:
    refs = {number: uuid4() for number in numbers}
    keys = make_keys(refs.values(), "L3", at=at)
    origin = origin_of(at, "import", "handling")
    for number, ref in refs.items():
        values = synthetic_values(number, seed=seed)
        to_seal = {code: value for code, value in values.items() if known.get(code).sealed}
        yield NewCustomer(
            ref=ref,
            number=f"{prefix}{number:07d}",
            portfolio_id=portfolio.pk,
            open={code: value for code, value in values.items() if code not in to_seal},
            sealed=seal_all(ref, to_seal, keys),
            origins=dict.fromkeys(values, origin),
            index_rows=index_rows(known, to_seal),
            tier=tier,
        )
