"""Whom a person may see and change: fetching is authorising (architecture.md, law 4 and §6).

An agent reaches the portfolios and single customers given to the person, a VIP by such a single row alone
(S4-55); a supervisor the portfolios of the own department and below it; a head those of the departments led and
below them; the data security officer all. It is always one SQL statement: the ids of portfolios and of single
customers are arrays worked out once, so that the planner filters on an indexed key and never checks row by row;
inside them, too, what could be joined is looked up, because planning a join takes longer than these small tables.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, BooleanField, F, Func, Q, QuerySet
from django.db.models.expressions import Expression

from customers.models import SERVE_CUSTOMER, SERVE_PORTFOLIO, VIP, Customer, Portfolio
from staff.roles import AGENT, HEAD, OFFICER, SUPERVISOR
from trail.actor import Actor

SEEING = frozenset({AGENT, SUPERVISOR, HEAD, OFFICER})
CHANGING = frozenset({AGENT, SUPERVISOR})
IMPORTING = frozenset({SUPERVISOR})

_GIVEN_PORTFOLIOS = """
select content_object_id from customers_portfoliopersonpermission
where permission_id = any(array(select id from auth_permission where codename = %s)) and user_id = %s
  and (least(until, lapses_at) > %s) is not false"""
_GIVEN_CUSTOMERS = """
select content_object_id from customers_customerpersonpermission
where permission_id = any(array(select id from auth_permission where codename = %s)) and user_id = %s
  and (least(until, lapses_at) > %s) is not false"""
_LED_PORTFOLIOS = """
select id from customers_portfolio where department_id = any(array(
  with recursive led (id) as (
    select id from staff_department where {top}
    union
    select child.id from staff_department child join led on child.parent_id = led.id
  ) select id from led))"""
_OWN_DEPARTMENT = "code = %s"
_LIVE_HEADSHIP = """id in (
      select department_id from staff_headship
      where person_id = %s and since <= %s and (least(until, lapses_at) > %s) is not false)"""


class Ids(Expression):
    """A sub-select of ids put together from constant parts; only its parameters vary."""

    def __init__(self, sql: str, params: tuple[Any, ...]) -> None:
        super().__init__(output_field=BigIntegerField())
        self.sql = sql
        self.params = params

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return f"({self.sql})", self.params


class AnyOf(Func):
    """`column = any(array(select …))`: the sub-select runs once and its result drives an index."""

    template = "(%(expressions)s))"
    arg_joiner = " = any(array"
    output_field = BooleanField()
    conditional = True

    def __init__(self, column: str, ids: Ids) -> None:
        super().__init__(F(column), ids)


def visible_to(actor: Actor, at: datetime) -> QuerySet[Customer]:
    """Return the customers that the actor may see, as one query; to anybody else they do not exist."""
    return _reached(actor, at, SEEING)


def editable_by(actor: Actor, at: datetime) -> QuerySet[Customer]:
    """Return the customers that the actor may change: seen as an agent or a supervisor."""
    return _reached(actor, at, CHANGING)


def importable_by(actor: Actor, at: datetime) -> QuerySet[Customer]:
    """Return the customers that an import of the actor may change."""
    return _reached(actor, at, IMPORTING)


def portfolios_seen_by(actor: Actor, at: datetime) -> QuerySet[Portfolio]:
    """Return the portfolios whose customers the actor may see."""
    return _portfolios(actor, at, SEEING)


def portfolios_filled_by(actor: Actor, at: datetime) -> QuerySet[Portfolio]:
    """Return the portfolios in which the actor may create customers."""
    return _portfolios(actor, at, CHANGING)


def portfolios_imported_by(actor: Actor, at: datetime) -> QuerySet[Portfolio]:
    """Return the portfolios into which the actor may import."""
    return _portfolios(actor, at, IMPORTING)


def sees_everyone(actor: Actor, roles: Collection[str] = SEEING) -> bool:
    """Return whether the actor reaches every customer: the data security officer, who sees masks."""
    return OFFICER in roles and OFFICER in actor.roles


def portfolio_ids(actor: Actor, at: datetime, roles: Collection[str] = SEEING) -> Ids:
    """Return the SQL of the portfolio ids that the actor reaches through these roles."""
    parts: list[str] = []
    params: list[Any] = []
    held = actor.roles & set(roles)
    if sees_everyone(actor, roles):
        return Ids("select id from customers_portfolio", ())
    if AGENT in held and actor.id is not None:
        parts.append(_GIVEN_PORTFOLIOS)
        params += [SERVE_PORTFOLIO, actor.id, at]
    if SUPERVISOR in held and actor.department:
        parts.append(_LED_PORTFOLIOS.format(top=_OWN_DEPARTMENT))
        params.append(actor.department)
    if HEAD in held and actor.id is not None:
        parts.append(_LED_PORTFOLIOS.format(top=_LIVE_HEADSHIP))
        params += [actor.id, at, at]
    return Ids(" union ".join(parts) or "select null::bigint where false", tuple(params))


def whole_portfolio_ids(actor: Actor, at: datetime, roles: Collection[str] = SEEING) -> Ids | None:
    """Return the SQL of the portfolios whose VIPs the actor reaches, too; None where these roles lead none.

    SECURITY: S4-55, a portfolio that was given to a person holds no VIP for them.
    """
    leading = set(roles) - {AGENT}
    if not actor.roles & leading & {SUPERVISOR, HEAD, OFFICER}:
        return None
    return portfolio_ids(actor, at, leading)


def single_ids(actor: Actor, at: datetime, roles: Collection[str] = SEEING) -> Ids | None:
    """Return the SQL of the ids of customers given to the person one by one; None when no role allows any."""
    if actor.id is None or not actor.roles & set(roles) & {AGENT, SUPERVISOR, HEAD}:
        return None
    return Ids(_GIVEN_CUSTOMERS, (SERVE_CUSTOMER, actor.id, at))


def _reached(actor: Actor, at: datetime, roles: Collection[str]) -> QuerySet[Customer]:
    customers = Customer.objects.select_related("portfolio")
    if sees_everyone(actor, roles):
        return customers
    if not actor.roles & set(roles):
        return customers.none()
    reached = Q(AnyOf("portfolio_id", portfolio_ids(actor, at, roles)))
    if AGENT in actor.roles & set(roles):
        reached &= ~Q(tier=VIP)
        whole = whole_portfolio_ids(actor, at, roles)
        if whole is not None:
            reached |= Q(AnyOf("portfolio_id", whole))
    singles = single_ids(actor, at, roles)
    if singles is not None:
        reached |= Q(AnyOf("id", singles))
    return customers.filter(reached)


def _portfolios(actor: Actor, at: datetime, roles: Collection[str]) -> QuerySet[Portfolio]:
    if not actor.roles & set(roles):
        return Portfolio.objects.none()
    return Portfolio.objects.filter(AnyOf("id", portfolio_ids(actor, at, roles)))


def person_serves(person: UUID, at: datetime) -> QuerySet[Portfolio]:
    """Return the portfolios given to one person, for the pages that show rights."""
    return Portfolio.objects.filter(AnyOf("id", Ids(_GIVEN_PORTFOLIOS, (SERVE_PORTFOLIO, person, at))))


def person_serves_singly(person: UUID, at: datetime) -> QuerySet[Customer]:
    """Return the customers given to one person one by one."""
    return Customer.objects.filter(AnyOf("id", Ids(_GIVEN_CUSTOMERS, (SERVE_CUSTOMER, person, at))))
