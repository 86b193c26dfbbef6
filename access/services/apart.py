"""Hand a customer's L4 value over to the restricted host (S0-24), and have one destroyed there.

Nothing on this side reads it back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from access import events
from access.proposals import apart as proposals
from approvals import services as approvals
from approvals.models import Proposal
from classification.queries import FieldSpec, UnknownField, catalogue
from customers import queries as customers
from customers.restrictions import not_to_edit, restricted
from files import apart
from files.apart import Given
from files.deposits import NotAccepted
from kinds import registry
from kinds.base import Invalid
from staff.permissions import may
from staff.services.people import NotAllowed
from trail import services as trail
from trail.actor import Actor

L4 = 4


class DepositRefused(Exception):
    """It is not handed over; `code` says why: no_host, unknown_field, never_held, only_stored, or what is wrong."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A typed value, or a file with its name."""

    content: bytes = field(repr=False)
    name: str = field(default="", repr=False)
    text: bool = False


def deposit(ref: UUID, code: str, brought: Brought, *, by: Actor, at: datetime) -> UUID:
    """Hand one value over; it is sealed here so that only the restricted host opens it. Return its id.

    :raises Customer.DoesNotExist: out of reach or nonexistent.
    :raises DepositRefused: as it says.
    """
    if not may(by, "customer.edit"):
        raise NotAllowed("customer.edit")
    customer = customers.visible_to(by, at).select_related("portfolio").get(ref=ref)
    spec = _spec(code, at)
    if not_to_edit(restricted([customer.pk], at), customer.pk, [spec.code], catalogue(at)):
        raise DepositRefused("only_stored")
    portfolio, region = customer.portfolio.code, customer.portfolio.region
    given = Given(
        subject=ref,
        field=spec.code,
        content=_cleaned(spec, brought),
        name=brought.name,
        text=brought.text,
        portfolio=portfolio,
        region=region,
    )
    try:
        with transaction.atomic():
            row = apart.deposit(given, by=by, at=at)
            facts = {"value": str(row.pk), "field": spec.code, "bytes": row.size}
            trail.record(events.DEPOSITED_APART, by=by, at=at, facts=facts, exposures=[apart.told(row)])
    except apart.NoHost:
        raise DepositRefused("no_host") from None
    except NotAccepted as refused:
        raise DepositRefused(refused.code) from None
    return row.pk


def propose_destruction(ref: UUID, value: UUID, *, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose that the restricted host destroys one value of a customer; a department head approves it.

    :raises Customer.DoesNotExist: out of reach or nonexistent.
    :raises CannotApply: no_such_value, proposed_already, value_kept: a hold or a law wants it kept.
    """
    customer = customers.visible_to(by, at).get(ref=ref)
    content = proposals.content_of(customer.ref, proposals.held(customer.ref, value))
    return approvals.propose(proposals.KIND, content=content, reason_text=reason, by=by, at=at)


def fields_of_l4(at: datetime) -> list[FieldSpec]:
    """Return the L4 fields of the catalogue whose values may be held at all."""
    return [spec for spec in catalogue(at).fields if spec.level == L4 and registry.get(spec.kind).kept]


def _spec(code: str, at: datetime) -> FieldSpec:
    try:
        spec = catalogue(at).get(code)
    except UnknownField:
        raise DepositRefused("unknown_field") from None
    if spec.level != L4:
        raise DepositRefused("unknown_field")
    if not registry.get(spec.kind).kept:
        raise DepositRefused("never_held")
    return spec


def _cleaned(spec: FieldSpec, brought: Brought) -> bytes:
    if not brought.text:
        return brought.content
    try:
        return registry.get(spec.kind).clean(brought.content.decode(), spec.params).encode()
    except Invalid as problem:
        raise DepositRefused(problem.code) from None
