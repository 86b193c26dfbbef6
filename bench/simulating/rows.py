"""The acts of simulated people, and how they get into the trail: by COPY, with the rights of the application."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection

_EVENT = (
    "at, actor_id, actor_number, actor_name, roles, department, site, site_region, acting_as, mode, kind, facts,"
    " decision, rule, rule_version, purpose, contact, request, zone, ip, session_hash"
)
_EXPOSURE = "at, event_id, actor_id, customer, portfolio, portfolio_region, clear, masked, level, act, digest"
_CONTACT = (
    "id, customer_id, person_id, person_number, channel, purpose, ticket, opened_at, last_act_at, closed_at,"
    " line"
)
_CUSTOMER = "ref, number, portfolio_id, tier, version, open, sealed, origins, created_at, updated_at"


@dataclass(slots=True)
class Staff:
    """One simulated person, with what the trail copies of people and how they work."""

    id: UUID
    number: str
    department: str
    roles: tuple[str, ...]
    site: str
    region: str
    pace: float
    """How many customers on an ordinary day."""
    lines: float
    """How often a contact is closed with its line."""
    late: float
    """How often the day ends late."""
    vip: float
    """How often a customer is a VIP."""
    opens: float = 8.5
    closes: float = 18.0
    weekends: bool = False
    leaves: datetime | None = None
    away: set[object] = field(default_factory=set)
    """Days on which the person does not work."""


@dataclass(slots=True)
class Held:
    """One simulated customer."""

    pk: int
    ref: UUID
    region: str
    portfolio: str


@dataclass(slots=True)
class Act:
    """One event, with the customers that it shows."""

    at: datetime
    by: Staff
    kind: str
    facts: dict[str, object]
    shows: Sequence[tuple[Held, str, int]] = ()
    contact: UUID | None = None
    site: tuple[str, str] | None = None
    """Site and region, where it is not the person's own."""


@dataclass(slots=True)
class Dealing:
    """One contact."""

    id: UUID
    customer: Held
    by: Staff
    opened: datetime
    last: datetime
    closed: datetime | None
    line: UUID | None


def write(acts: list[Act], dealings: Sequence[Dealing]) -> int:
    """Append the acts in the order of their times; return how many events there are.

    The database gives the numbers: nobody else may write meanwhile.
    """
    acts.sort(key=lambda act: act.at)
    with connection.cursor() as cursor:
        cursor.execute("select nextval('trail_event_id_seq')")
        first: int = cursor.fetchone()[0] + 1
        with cursor.copy(f"copy trail_event ({_EVENT}) from stdin") as copy:
            for act in acts:
                copy.write_row(_event(act))
        with cursor.copy(f"copy trail_exposure ({_EXPOSURE}) from stdin") as copy:
            for number, act in enumerate(acts, first):
                for customer, how, level in act.shows:
                    copy.write_row(_exposure(act, number, customer, how, level))
        with cursor.copy(f"copy customers_contact ({_CONTACT}) from stdin") as copy:
            for one in dealings:
                copy.write_row(_contact(one))
    return len(acts)


def copy_customers(rows: Sequence[tuple[object, ...]]) -> None:
    """Put customers without any value in: reference, number, portfolio, tier, since."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy customers_customer ({_CUSTOMER}) from stdin") as copy,
    ):
        for ref, number, portfolio, tier, at in rows:
            copy.write_row((ref, number, portfolio, tier, 1, "{}", "{}", "{}", at, at))


def _event(act: Act) -> tuple[object, ...]:
    by = act.by
    site, region = act.site or (by.site, by.region)
    who = (act.at, by.id, by.number, by.number, list(by.roles), by.department, site, region, "", "human")
    what = (act.kind, json.dumps(act.facts), "", "", None, "service", act.contact, "")
    return (*who, *what, "office", "10.1.2.3", "")


def _exposure(act: Act, event: int, customer: Held, how: str, level: int) -> tuple[object, ...]:
    clear = ["mobile"] if level >= 3 else []
    return (
        act.at,
        event,
        act.by.id,
        customer.ref,
        customer.portfolio,
        customer.region,
        clear,
        [],
        level,
        how,
        None,
    )


def _contact(one: Dealing) -> tuple[object, ...]:
    by = one.by
    return (
        one.id,
        one.customer.pk,
        by.id,
        by.number,
        "phone",
        "service",
        "",
        one.opened,
        one.last,
        one.closed,
        one.line,
    )
