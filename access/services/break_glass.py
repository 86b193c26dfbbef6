"""Break-glass: one L3 value shown in an emergency although the rules refuse it, and reviewed within a day (S2-6).

Never outside the person's reach, never what a rule forbids, never L4, and not to whoever lacks an undertaking or
training or sits in another network zone than the rules demand: those are no approvals that somebody could have given.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from access import events
from access.models import BreakGlass, BreakGlassReview
from access.policy import Decision, Why
from access.queries import break_glass, cards, point
from access.services.reveal import LONGEST_REASON, NothingHeld, Refused, Revealed, opened, record_refusal
from classification.queries import FieldSpec, field_at
from customers import queries as customers
from customers.contacts import current
from customers.models import Contact, Customer
from customers.services import contacts
from files import services as files
from staff import queries as staff
from staff import step_up
from staff.models import Person
from staff.permissions import may
from staff.roles import OFFICER
from staff.services.notifications import notify
from staff.services.people import NotAllowed
from trail import exposed
from trail import services as trail
from trail.actor import Actor
from trail.exposed import Exposed
from trail.receipts import Receipt

LEVEL = 3
BREAKABLE = frozenset({Why.NEEDS_MISSING, Why.MASKED_BY_RULE, Why.HIDDEN_BY_RULE, Why.NO_RULE})
"""What an emergency goes over: approvals and conditions that are missing, never a prohibition."""


class NotAnEmergency(Exception):
    """Nothing to break: `code` is level, allowed_anyway, no_reason or too_long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotReviewed(Exception):
    """The review does not count: `code` is own, done, no_words or too_long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def can_break(decision: Decision, level: int, by: Actor) -> bool:
    """Tell whether a refusal is of a kind that this person may go over in an emergency."""
    return may(by, "break_glass.use") and level == LEVEL and decision.why in BREAKABLE


def show(ref: UUID, field: str, *, reason: str, by: Actor, at: datetime) -> Revealed:
    """Show one L3 value against the rules, after telling everybody who was passed over.

    :raises staff.services.people.NotAllowed: not a role that does this.
    :raises staff.step_up.StepUpNeeded: the second factor is not fresh.
    :raises Customer.DoesNotExist: out of reach or nonexistent.
    :raises classification.queries.UnknownField, NothingHeld: no such field, or nothing in it.
    :raises NotAnEmergency: see its codes.
    :raises access.services.reveal.Refused: what no emergency opens, after the refusal is recorded.
    :raises trail.services.TrailUnavailable: the trail refuses, so nothing is shown.
    """
    if not may(by, "break_glass.use"):
        raise NotAllowed("break_glass.use")
    step_up.require(by, at=at)
    reason = _line(reason, NotAnEmergency, "no_reason")
    customer = customers.visible_to(by, at).select_related("portfolio").get(ref=ref)
    spec = cards.as_held(customer, field_at(field, at))
    if not (cards.held_sealed(customer, spec) or cards.held_text(customer, spec)):
        raise NothingHeld(field)
    if spec.level != LEVEL:
        raise NotAnEmergency("level")
    with transaction.atomic(durable=True):
        contact = current(by.id, customer.ref, at) if by.id else None
        decision = point.check(
            by,
            customer,
            spec,
            at,
            in_contact=contact is not None,
            with_reason=True,
            purpose=contact.purpose if contact else "",
        )
        if decision.clear:
            raise NotAnEmergency("allowed_anyway")
        receipt = None
        if can_break(decision, spec.level, by):
            if contact is not None:
                contacts.act(contact.pk, customer=customer, by=by, at=at)
            receipt = _record_use(customer, spec, decision, contact, reason, by, at)
        else:
            record_refusal(customer, spec, decision, contact, by=by, at=at)
    if receipt is None:
        raise Refused(decision)
    # The event is on disk from here on.
    return opened(customer, spec, decision, receipt)


def review(id: UUID, *, justified: bool, words: str, by: Actor, at: datetime) -> BreakGlassReview:
    """Say whether an emergency was one, as somebody else than who used it, who then reads why; it can be said once.

    :raises staff.services.people.NotAllowed: not a role that does this.
    :raises BreakGlass.DoesNotExist: nonexistent, or of somebody for whom this person does not answer.
    :raises NotReviewed: see its codes.
    """
    if by.id is None or not may(by, "break_glass.review"):
        raise NotAllowed("break_glass.review")
    used = break_glass.readable_by(by, at).get(pk=id)
    # SECURITY: nobody says of themselves that it was right (law 9).
    if used.person_id == by.id:
        raise NotReviewed("own")
    words = _line(words, NotReviewed, "no_words")
    try:
        with transaction.atomic():
            text = files.put_text(
                words,
                about="break_glass.review",
                subject=used.customer,
                readers={used.person_id},
                by=by,
                at=at,
            )
            made = BreakGlassReview.objects.create(
                use=used,
                used_by=used.person_id,
                justified=justified,
                words=text,
                by_id=by.id,
                by_number=by.number,
                by_name=by.name,
                at=at,
            )
            trail.record(
                events.BREAK_GLASS_REVIEWED,
                by=by,
                at=at,
                facts={
                    "person": str(used.person_id),
                    "used_event": used.event,
                    "justified": justified,
                    "reason": str(text),
                },
            )
            code = "break_glass_justified" if justified else "break_glass_not_justified"
            notify([used.person_id], code, params={"name": by.name}, link="/break-glass/", at=at)
    except IntegrityError:
        raise NotReviewed("done") from None
    return made


def _line(text: str, refusal: type[NotAnEmergency] | type[NotReviewed], missing: str) -> str:
    line = " ".join(text.split())
    if not line:
        raise refusal(missing)
    if len(line) > LONGEST_REASON:
        raise refusal("too_long")
    return line


def passed_over(by: Actor, at: datetime) -> frozenset[UUID]:
    """Return who would have decided, had it been asked for: those who sign for the person, and every officer."""
    assert by.id is not None
    signers = staff.signers_for_person(Person.objects.get(pk=by.id), at)
    return (signers | staff.holders_of(OFFICER, at)) - {by.id}


def _record_use(
    customer: Customer,
    spec: FieldSpec,
    decision: Decision,
    contact: Contact | None,
    reason: str,
    by: Actor,
    at: datetime,
) -> Receipt:
    assert by.id is not None
    told = passed_over(by, at)
    text = files.put_text(
        reason, about="break_glass.reason", subject=customer.ref, readers=told, by=by, at=at
    )
    receipt = trail.record(
        events.BREAK_GLASS_USED,
        by=by,
        at=at,
        facts={
            "field": spec.code,
            "level": spec.level,
            "why": decision.why.value,
            "reason": str(text),
            "told": len(told),
        },
        exposures=[
            Exposed(
                customer=customer.ref,
                act=exposed.REVEALED,
                clear=(spec.code,),
                level=spec.level,
                portfolio=customer.portfolio.code,
                region=customer.portfolio.region,
            )
        ],
        decision=decision.view,
        rule=decision.rule,
        rule_version=decision.rule_version,
        purpose=contact.purpose if contact else "",
        contact=contact.id if contact else None,
    )
    BreakGlass.objects.create(
        person_id=by.id,
        person_number=by.number,
        person_name=by.name,
        department=by.department,
        customer=customer.ref,
        field=spec.code,
        why=decision.why.value,
        reason=text,
        event=receipt.event,
        at=at,
    )
    notify(told, "break_glass_used", params={"name": by.name}, link="/break-glass/", at=at)
    return receipt
