"""Whose keys are rotated: one customer, a portfolio, or all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from customers.models import Customer, Portfolio

ALL, PORTFOLIO, CUSTOMER = "all", "portfolio", "customer"


class NoSuchScope(ValueError):
    """There is no such customer or portfolio, or the scope is none of the three."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a job's parameters say: the kind of scope and, unless it is all, the ref or the portfolio's code."""

    kind: str
    id: str

    @classmethod
    def of(cls, parameters: Mapping[str, object]) -> Scope:
        """Read the parameters of a job; without any it is everybody."""
        return cls(str(parameters.get("scope", ALL)), str(parameters.get("id", "")))

    def customers(self) -> QuerySet[Customer]:
        """Return those within it.

        :raises NoSuchScope: see there.
        """
        if self.kind == ALL and not self.id:
            return Customer.objects.all()
        if self.kind == PORTFOLIO and self.id:
            # By its number: PostgreSQL then knows how large this one is, and does not sort all of it for each batch.
            return Customer.objects.filter(portfolio_id__in=list(_numbered(self.id)))
        if self.kind == CUSTOMER:
            try:
                return Customer.objects.filter(ref=UUID(self.id))
            except ValueError:
                raise NoSuchScope from None
        raise NoSuchScope

    def refs(self) -> QuerySet[Any, Any] | None:
        """Return a query of the refs of those within it; None where that is everybody, and what is about nobody."""
        return None if self.kind == ALL else self.customers().values("ref")

    def after(self, id: int, rows: int) -> Sequence[tuple[int, UUID]]:
        """Return the next customers (id, ref) in the order of ids."""
        found = self.customers().filter(pk__gt=id).order_by("pk")
        return list(found.values_list("pk", "ref")[:rows])


def _numbered(code: str) -> QuerySet[Any, Any]:
    return Portfolio.objects.filter(code=code).values_list("pk", flat=True)
