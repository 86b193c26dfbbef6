"""What of whom is only stored: restrictions by customer and field, how they are left out, and why nobody edits it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from classification.queries import Catalogue
from customers.models import Customer, Restriction
from customers.problems import Problem
from trail.questions import Question, Rows, ask

Restricted = Mapping[tuple[int, str], Restriction]
"""By the customer's id and the field, "" for everything."""


def restricted(customers: Collection[int], at: datetime) -> Restricted:
    """Return the restrictions of these customers (ids) at a time, in one query."""
    return ask(restricted_asked(customers, at))


def restricted_asked(customers: Collection[int], at: datetime) -> Question[Restricted]:
    """Ask for the restrictions of these customers (ids) at a time."""
    return Question(_RESTRICTED, {"at": at, "customers": list(customers)}, _by_field)


_RESTRICTED = """
select id, customer_id, field, basis, source, kept_until, since, until from customers_restriction
where customer_id = any(%(customers)s::bigint[]) and since <= %(at)s and (until is null or until > %(at)s)
order by kept_until, id"""
_COLUMNS = ("id", "customer_id", "field", "basis", "source", "kept_until", "since", "until")


def _by_field(rows: Rows) -> Restricted:
    found = (Restriction(**dict(zip(_COLUMNS, row, strict=True))) for row in rows)
    return {(one.customer_id, one.field): one for one in found}


def restriction_of(found: Restricted, customer: int, field: str) -> Restriction | None:
    """Return what restricts a field of a customer, None where nothing does."""
    return found.get((customer, "")) or found.get((customer, field))


def not_to_edit(found: Restricted, customer: int, codes: Iterable[str], known: Catalogue) -> list[Problem]:
    """Return why these fields of a customer may be neither written nor emptied: they, or what derives from them.

    PIPL 47 leaves storing and protecting, so a value that is only stored is changed by nobody, not even to what it is
    (the answer would tell what is held). Destroying it goes through a batch; new consent lifts the restriction.
    """
    problems = []
    for code in sorted(codes):
        derived = [spec.code for spec in known.derived_from(code)] if code in known else []
        rows = filter(None, (restriction_of(found, customer, one) for one in (code, *derived)))
        if row := next(rows, None):
            problems.append(Problem(code, f"only_stored_{row.basis}", {"date": _last_day(row.kept_until)}))
    return problems


def _last_day(kept_until: datetime | None) -> str:
    if kept_until is None:
        return "–"
    return timezone.localtime(kept_until - timedelta(microseconds=1)).strftime("%Y-%m-%d")


def unrestricted(rows: QuerySet[Customer], at: datetime) -> QuerySet[Customer]:
    """Leave out the customers of whom anything is only stored: for whoever counts or makes samples of many."""
    return rows.filter(~Exists(Restriction.objects.in_force(at).filter(customer=OuterRef("pk"))))
