"""Legal holds: placed and ended by an officer's proposal that a department head signs. The reason is the proposal's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from approvals import services as approvals
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat, register
from classification.models import Field
from classification.queries import catalogue
from customers.models import Customer
from retention import events
from retention.models import Hold
from staff.models import Person
from staff.queries import heads
from staff.roles import HEAD, NAMES
from trail import services as trail
from trail.actor import Actor

PLACE, END = "hold.place", "hold.end"
MOST_CUSTOMERS = 200
LIFETIME = timedelta(days=14)


def propose_hold(
    numbers: Collection[str], *, field: str, until: datetime, reason: str, by: Actor, at: datetime
) -> Proposal:
    """Propose that values of these customers (by number) be kept until a day; the proposer answers for it.

    :param field: one field, or "" for everything.
    :raises CannotApply: hold_reason, hold_customers, unknown_customer_number, unknown_field, over_already.
    """
    if not reason.strip():
        raise CannotApply("hold_reason")
    found = dict(Customer.objects.filter(number__in=list(numbers)).values_list("number", "ref"))
    for number in numbers:
        if number not in found:
            raise CannotApply("unknown_customer_number", number=number)
    content = {
        "customers": sorted(str(ref) for ref in found.values()),
        "field": field,
        "until": until.isoformat(),
        "owner": str(by.id),
        "owner_number": by.number,
    }
    return approvals.propose(PLACE, content=content, reason_text=reason, by=by, at=at)


def propose_end(hold: UUID, *, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose that a hold end before its day.

    :raises CannotApply: hold_reason, unknown_hold.
    """
    if not reason.strip():
        raise CannotApply("hold_reason")
    return approvals.propose(END, content={"hold": str(hold)}, reason_text=reason, by=by, at=at)


def waiting(at: datetime) -> list[Proposal]:
    """Return the proposals about holds that wait for a signature."""
    return list(Proposal.objects.waiting(at).filter(kind__in=(PLACE, END)))


def _check_place(content: Content, by: Actor, at: datetime) -> None:
    if not 1 <= len(content["customers"]) <= MOST_CUSTOMERS:
        raise CannotApply("hold_customers", most=MOST_CUSTOMERS)
    if content["field"] and content["field"] not in catalogue(at):
        raise CannotApply("unknown_field")
    if _moment(content) <= at:
        raise CannotApply("over_already")


def _place(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> list[Hold]:
    _check_place(content, by, at)
    made = Hold.objects.bulk_create(
        Hold(
            customer=UUID(ref),
            field=content["field"],
            owner_id=UUID(content["owner"]),
            owner_number=content["owner_number"],
            since=at,
            until=_moment(content),
            proposal=proposal.pk,
        )
        for ref in content["customers"]
    )
    facts = {
        "holds": [str(one.pk) for one in made],
        "customers": content["customers"],
        "field": content["field"],
        "until": content["until"],
        "owner": content["owner_number"],
    }
    trail.record(events.HOLD_PLACED, by=by, at=at, facts=facts, request=str(proposal.pk))
    return made


def _describe_place(content: Content) -> Sequence[Line]:
    numbers = Customer.objects.filter(ref__in=content["customers"]).order_by("number")
    shown = ", ".join(numbers.values_list("number", flat=True)[:20])
    field = Field.objects.filter(code=content["field"]).first()
    owner = Person.objects.filter(pk=content["owner"]).values_list("name", flat=True).first()
    return [
        Line(_("Customers"), after=f"{len(content['customers'])}: {shown}"),
        Line(_("What is held"), after=str(field) if field else _("everything of the customer")),
        Line(_("Held until"), after=_last_day(_moment(content))),
        Line(_("Owner"), after=f"{owner or ''} {content['owner_number']}".strip()),
    ]


def _check_end(content: Content, by: Actor, at: datetime) -> None:
    if not Hold.objects.in_force(at).filter(pk=content["hold"]).exists():
        raise CannotApply("unknown_hold")


def _end(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Hold:
    hold = Hold.objects.select_for_update().filter(pk=content["hold"]).first()
    _check_end(content, by, at)
    assert hold is not None
    hold.ended_at, hold.ended_by = at, proposal.pk
    hold.save(update_fields=["ended_at", "ended_by"])
    facts = {"hold": str(hold.pk), "customer": str(hold.customer)}
    trail.record(events.HOLD_ENDED, by=by, at=at, facts=facts, request=str(proposal.pk))
    return hold


def _describe_end(content: Content) -> Sequence[Line]:
    hold = Hold.objects.filter(pk=content["hold"]).first()
    if hold is None:
        return [Line(_("Legal hold"), after=content["hold"])]
    number = Customer.objects.filter(ref=hold.customer).values_list("number", flat=True).first()
    return [
        Line(_("Customer"), after=number or str(hold.customer)),
        Line(_("Held until"), before=_last_day(hold.until), after=_("ends with the last signature")),
    ]


def _moment(content: Content) -> datetime:
    found = parse_datetime(content["until"])
    if found is None:
        raise CannotApply("over_already")
    return found


def _last_day(until: datetime) -> str:
    return timezone.localtime(until - timedelta(microseconds=1)).strftime("%Y-%m-%d")


def _seats(content: Content, at: datetime) -> Sequence[Seat]:
    return [Seat(HEAD, heads(at), str(NAMES[HEAD]))]


def register_kinds() -> None:
    """Register the kinds of proposal about holds."""
    register(
        ProposalKind(
            code=PLACE,
            name=_("Legal hold"),
            apply=_place,
            describe=_describe_place,
            check=_check_place,
            seats=_seats,
            permission="holds.propose",
            lifetime=LIFETIME,
        )
    )
    register(
        ProposalKind(
            code=END,
            name=_("End of a legal hold"),
            apply=_end,
            describe=_describe_end,
            check=_check_end,
            seats=_seats,
            permission="holds.propose",
            lifetime=LIFETIME,
        )
    )
