"""Portfolios and single customers under review. They are used by seeing a customer through them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from access.reviewed.kind import Population, Right, RightKind, Use
from customers.models import Customer, CustomerPersonPermission, Portfolio, PortfolioPersonPermission, given
from customers.queries import person_serves, person_serves_singly
from customers.services import lapsing, placing
from customers.services.lapsing import Rows
from staff.roles import AGENT, HEAD, SUPERVISOR
from trail.actor import Actor

if TYPE_CHECKING:
    from access.models import ReviewItem

_THROUGH_PORTFOLIOS = """
select actor_id, portfolio, max(at), count(*) from trail_exposure
where at >= %s and at < %s and actor_id = any(%s::uuid[]) and act <> 'refused'
group by actor_id, portfolio"""
_SINGLY = """
select shown.actor_id, shown.customer::text, max(shown.at), count(*)
from unnest(%s::uuid[], %s::uuid[]) as held(person, customer)
join trail_exposure shown on shown.customer = held.customer and shown.actor_id = held.person
where shown.at >= %s and shown.at < %s and shown.act <> 'refused'
group by shown.actor_id, shown.customer"""


def _portfolios(among: Population) -> Iterable[Right]:
    rows = PortfolioPersonPermission.objects.filter(given(among.at), user_id__in=among.people)
    for row in rows.select_related("content_object"):
        book = row.content_object
        near = among.is_near(row.user_id, book.department_id)
        yield Right(
            key=str(row.pk),
            person=row.user_id,
            which=book.code,
            since=row.since,
            fits=near and AGENT in among.roles_of(row.user_id),
            peers=book.code,
        )


def _customers(among: Population) -> Iterable[Right]:
    rows = CustomerPersonPermission.objects.filter(given(among.at), user_id__in=among.people)
    for row in rows.values("pk", "user_id", "since", "content_object__ref"):
        person = row["user_id"]
        yield Right(
            key=str(row["pk"]),
            person=person,
            which=str(row["content_object__ref"]),
            since=row["since"],
            fits=bool(among.roles_of(person) & {AGENT, SUPERVISOR, HEAD}),
            peers=str(among.people[person].department_id),
        )


def _portfolios_used(rights: Sequence[Right], since: datetime, until: datetime) -> Mapping[str, Use]:
    with connection.cursor() as cursor:
        cursor.execute(_THROUGH_PORTFOLIOS, [since, until, [one.person for one in rights]])
        return _by_key(rights, cursor.fetchall())


def _customers_used(rights: Sequence[Right], since: datetime, until: datetime) -> Mapping[str, Use]:
    people, held = [one.person for one in rights], [one.which for one in rights]
    with connection.cursor() as cursor:
        cursor.execute(_SINGLY, [people, held, since, until])
        return _by_key(rights, cursor.fetchall())


def _by_key(rights: Sequence[Right], found: Sequence[tuple[UUID, str, datetime, int]]) -> Mapping[str, Use]:
    uses = {(person, which): Use(last, times) for person, which, last, times in found}
    return {one.key: uses[one.person, one.which] for one in rights if (one.person, one.which) in uses}


def _portfolio_words(codes: Collection[str]) -> Mapping[str, str]:
    return {one.code: str(one) for one in Portfolio.objects.filter(code__in=codes)}


def _customer_words(refs: Collection[str]) -> Mapping[str, str]:
    found = Customer.objects.filter(ref__in=refs).values_list("ref", "number")
    return {str(ref): number for ref, number in found}


def _ids(keys: Collection[str]) -> list[int]:
    return [int(key) for key in keys]


def _let_lapse(rows: Rows, keys: Collection[str], *, deadline: datetime, by: Actor, at: datetime) -> int:
    return lapsing.let_lapse(rows, _ids(keys), deadline=deadline, by=by, at=at)


def _confirm(rows: Rows, keys: Collection[str], *, by: Actor, at: datetime) -> int:
    return lapsing.confirm(rows, _ids(keys), by=by, at=at)


def _narrow(rows: Rows, key: str, *, until: datetime, by: Actor, at: datetime) -> int:
    return lapsing.narrow(rows, int(key), until=until, by=by, at=at)


def _live_keys(rows: Rows, keys: Collection[str], at: datetime) -> set[str]:
    found = rows.objects.filter(given(at), pk__in=_ids(keys)).values_list("pk", flat=True)
    return {str(key) for key in found}


def _take_portfolio(item: ReviewItem, *, by: Actor, at: datetime) -> bool:
    # By the row, not by its meaning: what was given anew after it lapsed is another row, and stays.
    if not PortfolioPersonPermission.objects.filter(pk=int(item.key)).exists():
        return False
    placing.take_portfolio(portfolio=item.which, person=item.person_id, by=by, at=at)
    return True


def _take_customer(item: ReviewItem, *, by: Actor, at: datetime) -> bool:
    if not CustomerPersonPermission.objects.filter(pk=int(item.key)).exists():
        return False
    placing.unassign(ref=UUID(item.which), person=item.person_id, by=by, at=at)
    return True


def _portfolio_given(item: ReviewItem, at: datetime) -> bool:
    return person_serves(item.person_id, at).filter(code=item.which).exists()


def _customer_given(item: ReviewItem, at: datetime) -> bool:
    return person_serves_singly(item.person_id, at).filter(ref=item.which).exists()


def _portfolio_given_anew(item: ReviewItem, at: datetime) -> bool:
    again = PortfolioPersonPermission.objects.filter(
        given(at), user_id=item.person_id, content_object__code=item.which
    )
    return again.exclude(pk=int(item.key)).exists()


def _customer_given_anew(item: ReviewItem, at: datetime) -> bool:
    again = CustomerPersonPermission.objects.filter(
        given(at), user_id=item.person_id, content_object__ref=item.which
    )
    return again.exclude(pk=int(item.key)).exists()


PORTFOLIO = RightKind(
    code="portfolio",
    name=_("Portfolio"),
    live=_portfolios,
    used=_portfolios_used,
    words=_portfolio_words,
    let_lapse=partial(_let_lapse, PortfolioPersonPermission),
    confirm=partial(_confirm, PortfolioPersonPermission),
    narrow=partial(_narrow, PortfolioPersonPermission),
    take=_take_portfolio,
    live_keys=partial(_live_keys, PortfolioPersonPermission),
    given=_portfolio_given,
    given_anew=_portfolio_given_anew,
)
CUSTOMER = RightKind(
    code="customer",
    name=_("Single customer"),
    live=_customers,
    used=_customers_used,
    words=_customer_words,
    let_lapse=partial(_let_lapse, CustomerPersonPermission),
    confirm=partial(_confirm, CustomerPersonPermission),
    narrow=partial(_narrow, CustomerPersonPermission),
    take=_take_customer,
    live_keys=partial(_live_keys, CustomerPersonPermission),
    given=_customer_given,
    given_anew=_customer_given_anew,
)
