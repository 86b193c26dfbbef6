"""Customers whose values were collected at given times, without a service in between."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from classification.models import Schedule
from customers.models import Contact, Customer, Portfolio
from retention.models import Hold
from trail.actor import Actor


def customer(
    portfolio: Portfolio,
    at: datetime,
    *fields: str,
    collected: datetime,
    ended: date | None = None,
    number: str = "",
) -> Customer:
    """Make a customer with open values in these fields."""
    origin = {"collected_at": collected.isoformat(), "source": "customer", "scenario": "handling"}
    return Customer.objects.create(
        ref=uuid4(),
        number=number or f"R{Customer.objects.count():05d}",
        portfolio=portfolio,
        relationship_until=ended,
        open=dict.fromkeys(fields, "某"),
        origins={code: dict(origin) for code in fields},
        created_at=collected,
        updated_at=at,
    )


def contact(of: Customer, when: datetime) -> Contact:
    """Let somebody have dealt with a customer."""
    return Contact.objects.create(
        customer=of,
        person_id=uuid4(),
        person_number="P1",
        channel="phone",
        purpose="service",
        opened_at=when,
        last_act_at=when,
    )


def schedule(code: str, at: datetime, **terms: object) -> None:
    """Let a field have another schedule than the shipped one."""
    Schedule.objects.filter(scope="field", subject=code, until=None).update(until=at - timedelta(days=1))
    number = Schedule.objects.filter(scope="field", subject=code).count() + 1
    made = {"starts": "collection", "months": 12} | terms
    since = at - timedelta(hours=1)
    Schedule.objects.create(scope="field", subject=code, number=number, since=since, shipped=True, **made)


def hold(ref: UUID, owner: Actor, at: datetime) -> Hold:
    """Hold everything of a customer for nine days, as two people have signed."""
    assert owner.id is not None
    return Hold.objects.create(
        customer=ref,
        owner_id=owner.id,
        owner_number=owner.number,
        since=at,
        until=at + timedelta(days=9),
        proposal=uuid4(),
    )
