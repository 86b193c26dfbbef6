"""Lists of customers, 25 at a time, in one statement whose cost does not grow with the number of customers.

Each portfolio within reach gives its first rows by an index of its own; only those few are merged, sorted and
cut. (A filter over one long index would walk it from the start for whoever serves a small portfolio.) A list
goes MAX_PAGES deep: whoever needs more narrows it (S4-57).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from customers.models import VIP, Customer, name_key
from customers.reach import (
    SEEING,
    AnyOf,
    Ids,
    portfolio_ids,
    sees_everyone,
    single_ids,
    whole_portfolio_ids,
)
from staff.roles import AGENT
from trail.actor import Actor

PAGE_ROWS = 25
MAX_PAGES = 40
BY_NUMBER, BY_NAME = "number", "name"

_NAME = """(lower(c.open ->> 'full_name') collate "C")"""
_AFTER_EVERY_NAME = chr(0x10FFFF)
_CUT = "limit %s offset %s"
_NAME_NOT_STORED = """not exists (select from customers_restriction stored
  where stored.customer_id = c.id and stored.field in ('', 'full_name')
    and stored.since <= %s and (stored.until is null or stored.until > %s))"""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of customers, and whether there are more."""

    rows: Sequence[Customer]
    number: int
    has_next: bool
    capped: bool = False
    """Whether there are more customers than a list shows."""

    @property
    def has_previous(self) -> bool:
        return self.number > 1


def page(
    actor: Actor,
    at: datetime,
    *,
    number: int = 1,
    order: str = BY_NUMBER,
    portfolio: str = "",
    tier: str = "",
    prefix: str = "",
) -> Page:
    """Return one page of the customers that the actor may see.

    :param order: "number" or "name"; a prefix is always in order of names.
    :param portfolio: the code of one portfolio, or all within reach.
    :param prefix: the first characters of full names, folded.
    """
    number = min(max(number, 1), MAX_PAGES)
    if not actor.roles & SEEING:
        return Page((), number, has_next=False)
    first = (number - 1) * PAGE_ROWS
    by_name = order == BY_NAME or bool(prefix)
    rows = list(_rows(actor, at, first, by_name=by_name, portfolio=portfolio, tier=tier, prefix=prefix))
    more = len(rows) > PAGE_ROWS
    return Page(rows[:PAGE_ROWS], number, more and number < MAX_PAGES, more and number == MAX_PAGES)


def _rows(
    actor: Actor, at: datetime, first: int, *, by_name: bool, portfolio: str, tier: str, prefix: str
) -> QuerySet[Customer]:
    names = (f"{_NAME} as name", "name") if by_name else ()
    shown = ", ".join((*names[:1], "c.number as number"))
    sort = ", ".join((*names[1:], "number"))
    inside = f"{_NAME}, c.number" if by_name else "c.number"
    last = first + PAGE_ROWS + 1
    where, given = _conditions(tier, prefix, at, by_name=by_name)
    if sees_everyone(actor) and not portfolio and not by_name:
        sql = " ".join(("select c.id from customers_customer c where", where, "order by c.number", _CUT))
        return _fetch(sql, [*given, last - first, first], by_name=False)
    of_one, code = (" and p.code = %s", [portfolio]) if portfolio else ("", [])
    held = portfolio_ids(actor, at)
    inner, inner_given = _without_vips(actor, at, tier)
    # Every part of these statements is a constant of this app; what people typed is in the parameters.
    parts = [
        *("(select c.id,", shown, "from customers_portfolio p cross join lateral ("),
        *("select c.* from customers_customer c where c.portfolio_id = p.id and", where, inner),
        *("order by", inside, "limit %s) c where p.id = any(array(", held.sql, "))", of_one),
        *("order by", sort, "limit %s)"),
    ]
    params: list[Any] = [*given, *inner_given, last, *held.params, *code, last]
    singles = None if sees_everyone(actor) else single_ids(actor, at)
    if singles is not None:
        parts += [
            *("union (select c.id,", shown, "from customers_customer c"),
            "join customers_portfolio p on p.id = c.portfolio_id",
            *("where c.id = any(array(", singles.sql, ")) and", where, of_one),
            *("order by", sort, "limit %s)"),
        ]
        params += [*singles.params, *given, *code, last]
    sql = " ".join(("select id from (", *parts, ") every order by", sort, _CUT))
    return _fetch(sql, [*params, last - first, first], by_name=by_name)


def _without_vips(actor: Actor, at: datetime, tier: str) -> tuple[str, tuple[Any, ...]]:
    """Leave the VIPs of portfolios that were only given to the person to their single rows (S4-55).

    Whoever asks for another tier alone meets none; whoever asks for VIPs alone is not led through the others.
    """
    if sees_everyone(actor) or AGENT not in actor.roles or tier not in ("", VIP):
        return "", ()
    whole = whole_portfolio_ids(actor, at)
    if whole is None:
        return ("and false", ()) if tier else ("and c.tier <> %s", (VIP,))
    inside = f"p.id = any(array({whole.sql}))"
    if tier:
        return f"and {inside}", whole.params
    return f"and (c.tier <> %s or {inside})", (VIP, *whole.params)


def _conditions(tier: str, prefix: str, at: datetime, *, by_name: bool) -> tuple[str, list[Any]]:
    parts: list[str] = []
    given: list[Any] = []
    if tier:
        parts.append("c.tier = %s")
        given.append(tier)
    if prefix:
        parts.append(f'{_NAME} >= lower(%s) collate "C" and {_NAME} < lower(%s) collate "C"')
        given += [prefix, prefix + _AFTER_EVERY_NAME]
        # A name that is only stored finds nobody (PIPL 47).
        parts.append(_NAME_NOT_STORED)
        given += [at, at]
    elif by_name:
        parts.append(f"{_NAME} is not null")
    return " and ".join(parts) or "true", given


def _fetch(sql: str, params: list[Any], *, by_name: bool) -> QuerySet[Customer]:
    # The ids come first, cut to one page, and the rows are fetched by them: no plan can walk a whole index.
    customers = Customer.objects.select_related("portfolio").filter(AnyOf("id", Ids(sql, tuple(params))))
    return customers.order_by(name_key(), "number") if by_name else customers.order_by("number")
