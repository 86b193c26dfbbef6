"""The destruction of one L4 value: a data security officer checks and proposes it, a department head approves.

What the last signature does is an order; the restricted host carries it out and says so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.proposals import subjects
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat
from classification import words
from customers.models import Customer
from files import apart
from files.apart import Held
from staff import queries
from trail.actor import Actor

KIND = "apart.destroy"
keepers: list[Callable[[UUID, str, datetime], bool]] = []
"""Who says whether a customer's field must be kept at a time: `retention`, of holds and floors, puts itself here."""


def content_of(ref: UUID, value: Held) -> dict[str, Any]:
    """Return the canonical content."""
    return {"customer": str(ref), "value": str(value.id), "field": value.field}


def held(ref: UUID, id: UUID) -> Held:
    """Return a value of a customer that is held apart and not to be destroyed yet.

    :raises CannotApply: no_such_value.
    """
    for one in apart.held(ref):
        if one.id == id and not one.refused and not one.ordered:
            return one
    raise CannotApply("no_such_value")


def waiting(ref: UUID, at: datetime) -> dict[UUID, UUID]:
    """Return the proposals about values of a customer that wait for their signature, by value."""
    rows = Proposal.objects.waiting(at).filter(kind=KIND, content__customer=str(ref))
    return {UUID(row.content["value"]): row.pk for row in rows}


def check(content: Content, by: Actor, at: datetime) -> None:
    """Refuse what is not there, must be kept, or is proposed already."""
    ref, id = UUID(content["customer"]), UUID(content["value"])
    _insist_free(ref, held(ref, id), at)
    if id in waiting(ref, at):
        raise CannotApply("proposed_already")


def apply(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> None:
    """Order the restricted host to destroy the value."""
    ref = UUID(content["customer"])
    one = held(ref, UUID(content["value"]))
    _insist_free(ref, one, at)
    apart.order_destruction(one.id, why=f"proposal {proposal.pk}", by=by, at=at)


def _insist_free(ref: UUID, one: Held, at: datetime) -> None:
    if any(keeps(ref, one.field, at) for keeps in keepers):
        raise CannotApply("value_kept")


def seats(content: Content, at: datetime) -> list[Seat]:
    """Return the seat of the head over the customer's portfolio; any head's where the record is gone."""
    found = _customer(content)
    if found is None:
        return subjects.head_seat(queries.heads(at))
    return subjects.head_seat(queries.signers_for_department(found.portfolio.department_id, at))


def describe(content: Content) -> list[Line]:
    """Say which value of which customer, by number; what it holds nobody here knows."""
    found = _customer(content)
    return [
        Line(_("Customer"), after=found.number if found else content["customer"]),
        Line(_("Value held apart"), after=words.name_of(content["field"])),
        Line(
            _("What happens"),
            after=_("The restricted host destroys its key and says so. It cannot be undone."),
        ),
    ]


def _customer(content: Content) -> Customer | None:
    return Customer.objects.select_related("portfolio").filter(ref=UUID(content["customer"])).first()


KINDS = (
    ProposalKind(
        code=KIND,
        name=_("Destruction of an L4 value"),
        permission="apart.destroy",
        check=check,
        seats=seats,
        apply=apply,
        describe=describe,
    ),
)
