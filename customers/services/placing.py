"""Where a customer stands: portfolio, tier, and who serves it.

Signed proposals call what gives; what takes away works at once.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import Permission
from django.db import transaction

from customers import events
from customers.digests import written_exposure
from customers.models import (
    SERVE_CUSTOMER,
    SERVE_PORTFOLIO,
    TIERS,
    Customer,
    CustomerPersonPermission,
    Given,
    Portfolio,
    PortfolioPersonPermission,
    given,
)
from customers.problems import Problem, Refused
from customers.writing import without_detail
from trail.actor import Actor
from trail.services import record
from trail.vocabulary import EventKind


class NotFound(LookupError):
    """There is no such customer or portfolio for this writer; what one may not reach does not exist."""


def move(*, ref: UUID, portfolio: str, by: Actor, at: datetime, request: str = "") -> None:
    """Move a customer to another portfolio; a signed proposal (`request`) decided it.

    :raises NotFound: there is no such customer or portfolio.
    """
    with without_detail(), transaction.atomic():
        customer, target = _locked(ref), Portfolio.objects.filter(code=portfolio).first()
        if target is None:
            raise NotFound
        before, customer.portfolio = customer.portfolio.code, target
        _step(customer, "portfolio", at)
        record(
            events.MOVED,
            by=by,
            at=at,
            facts={"from": before, "to": target.code, "version": customer.version},
            exposures=[written_exposure(customer)],
            request=request,
        )


def set_tier(*, ref: UUID, tier: str, by: Actor, at: datetime, request: str = "") -> None:
    """Set a customer's tier; a signed proposal (`request`) decided it.

    :raises NotFound: there is no such customer.
    :raises Refused: there is no such tier.
    """
    if tier not in TIERS:
        raise Refused([Problem("tier", "unknown_tier")])
    with without_detail(), transaction.atomic():
        customer = _locked(ref)
        before, customer.tier = customer.tier, tier
        _step(customer, "tier", at)
        record(
            events.TIER_SET,
            by=by,
            at=at,
            facts={"from": before, "to": tier, "version": customer.version},
            exposures=[written_exposure(customer)],
            request=request,
        )


def assign(*, ref: UUID, person: UUID, by: Actor, at: datetime, request: str = "") -> None:
    """Give one customer to one person; a signed proposal (`request`) decided it.

    :raises NotFound: there is no such customer.
    """
    with without_detail(), transaction.atomic():
        customer = _locked(ref)
        key = {"user_id": person, "permission": _permission(SERVE_CUSTOMER), "content_object": customer}
        _give(CustomerPersonPermission, key, at)
        _record_serving(events.GIVEN, customer, person, by, at, request)


def unassign(*, ref: UUID, person: UUID, by: Actor, at: datetime, request: str = "") -> None:
    """Take one customer from one person, at once.

    :raises NotFound: there is no such customer.
    """
    with without_detail(), transaction.atomic():
        customer = _locked(ref)
        CustomerPersonPermission.objects.filter(user_id=person, content_object=customer).delete()
        _record_serving(events.TAKEN, customer, person, by, at, request)


def give_portfolio(*, portfolio: str, person: UUID, by: Actor, at: datetime, request: str = "") -> None:
    """Let a person serve a portfolio; a signed proposal (`request`) decided it.

    :raises NotFound: there is no such portfolio.
    """
    with without_detail(), transaction.atomic():
        book = _portfolio(portfolio)
        key = {"user_id": person, "permission": _permission(SERVE_PORTFOLIO), "content_object": book}
        _give(PortfolioPersonPermission, key, at)
        facts = {"portfolio": portfolio, "person": str(person)}
        record(events.PORTFOLIO_GIVEN, by=by, at=at, facts=facts, request=request)


def take_portfolio(*, portfolio: str, person: UUID, by: Actor, at: datetime, request: str = "") -> None:
    """Let a person no longer serve a portfolio, at once.

    :raises NotFound: there is no such portfolio.
    """
    with without_detail(), transaction.atomic():
        held = PortfolioPersonPermission.objects.filter(user_id=person, content_object=_portfolio(portfolio))
        held.delete()
        facts = {"portfolio": portfolio, "person": str(person)}
        record(events.PORTFOLIO_TAKEN, by=by, at=at, facts=facts, request=request)


def _give(rows: type[Given], key: dict[str, object], at: datetime) -> None:
    """Write the row; one that has ended or lapsed makes way, so that its end does not count for what is new."""
    rows.objects.filter(~given(at), **key).delete()
    rows.objects.get_or_create(**key, defaults={"since": at})


def _locked(ref: UUID) -> Customer:
    rows = Customer.objects.select_related("portfolio").select_for_update(of=("self",))
    customer = rows.filter(ref=ref).first()
    if customer is None:
        raise NotFound
    return customer


def _portfolio(code: str) -> Portfolio:
    portfolio = Portfolio.objects.filter(code=code).first()
    if portfolio is None:
        raise NotFound
    return portfolio


def _step(customer: Customer, column: str, at: datetime) -> None:
    customer.version += 1
    customer.updated_at = at
    customer.save(update_fields=[column, "version", "updated_at"])


def _permission(codename: str) -> Permission:
    return Permission.objects.get(codename=codename, content_type__app_label="customers")


def _record_serving(
    kind: EventKind, customer: Customer, person: UUID, by: Actor, at: datetime, request: str
) -> None:
    facts, exposures = {"person": str(person)}, [written_exposure(customer)]
    record(kind, by=by, at=at, facts=facts, exposures=exposures, request=request)
