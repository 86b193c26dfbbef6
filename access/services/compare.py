"""Compare what a caller says with the held value: yes or no, nothing shown.

Right answers are free. After three wrong ones for a customer on a day, over all staff and fields, nothing
more is answered until a supervisor who gave none of them allows three more. Wrong answers are counted from
the trail, under a lock of the customer, so that two people at once cannot have four.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from access import events
from access.policy import HIDDEN, Decision
from access.queries import cards, point
from access.queries.reach import supervisors_of
from access.services.reveal import NothingHeld, Refused
from classification.queries import FieldSpec, field_at
from customers import queries as customers
from customers.contacts import current
from customers.models import CompareTap, Contact, Customer
from customers.services import contacts
from kinds import registry
from staff.permissions import may
from staff.services.notifications import notify
from trail import exposed
from trail import services as trail
from trail.actor import Actor
from trail.exposed import Exposed
from trail.models import Event, EventQuerySet
from trail.vocabulary import EventKind
from vault import keyring, transform

LONGEST_SAID = 200
WRONG_A_DAY = 3
MORE_PER_TAP = 3


class NotComparable(ValueError):
    """A yes to a value of this kind would give it away."""


class SaidTooLong(ValueError):
    """Nobody says that much; nothing was compared."""


class TooManyWrong(Exception):
    """The wrong answers of today are used up; a supervisor may allow more. The refusal is in the trail."""


class TapRefused(Exception):
    """More compares cannot be allowed now: `code` is "not_needed", "own_compares" or "not_allowed"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the caller says is right or wrong, and how many wrong answers are left today."""

    field: str
    label: str
    right: bool
    left: int


def compare(ref: UUID, field: str, said: str, *, by: Actor, at: datetime) -> Answer:
    """Answer whether what the customer says is the held value.

    :raises Customer.DoesNotExist: out of reach or nonexistent.
    :raises classification.queries.UnknownField: the catalogue has no such field.
    :raises NotComparable: values of this kind are never compared.
    :raises SaidTooLong: more than 200 characters.
    :raises NothingHeld: the customer has no value there.
    :raises Refused: the rules hide the value, after the refusal is recorded.
    :raises TooManyWrong: after the refusal is recorded.
    """
    customer = customers.visible_to(by, at).select_related("portfolio").get(ref=ref)
    spec = cards.as_held(customer, field_at(field, at))
    if not registry.get(spec.kind).comparable:
        raise NotComparable(field)
    if len(said) > LONGEST_SAID:
        raise SaidTooLong
    if not (cards.held_sealed(customer, spec) or cards.held_text(customer, spec)):
        raise NothingHeld(field)
    with transaction.atomic(durable=True):
        contact = current(by.id, customer.ref, at) if by.id else None
        decision = point.check(by, customer, spec, at, in_contact=contact is not None)
        refused = _refusal(customer, decision, by, at)
        if refused == "too_many_wrong" and not _refused_already(customer, at):
            _tell_supervisors(customer, by, at)
        if refused:
            _record_refusal(customer, spec, refused, contact, by, at)
        else:
            if contact is not None:
                contacts.act(contact.pk, customer=customer, by=by, at=at)
            right = _is_right(customer, spec, said)
            _record_answer(customer, spec, right, contact, by, at)
            left = wrong_left(customer, at)
    if refused == "hidden":
        raise Refused(decision)
    if refused:
        raise TooManyWrong
    return Answer(field=field, label=spec.label, right=right, left=left)


def wrong_left(customer: Customer, at: datetime) -> int:
    """Tell how many wrong answers this customer's day still bears."""
    taps = CompareTap.objects.filter(customer=customer, day=timezone.localdate(at)).count()
    return max(0, WRONG_A_DAY + MORE_PER_TAP * taps - _wrong_answers(customer, at).count())


def allow_more(ref: UUID, *, by: Actor, at: datetime) -> int:
    """Allow three more wrong answers today, as a supervisor's tap; give how many are left then.

    :raises Customer.DoesNotExist: out of reach or nonexistent.
    :raises TapRefused: not allowed, not needed, or the wrong answers are (partly) one's own.
    """
    customer = customers.visible_to(by, at).select_related("portfolio").get(ref=ref)
    if by.id is None or not may(by, "customer.compare_more"):
        raise TapRefused("not_allowed")
    with transaction.atomic():
        _lock(customer)
        if wrong_left(customer, at):
            raise TapRefused("not_needed")
        # SECURITY: whoever guesses does not give themselves more guesses (law 9).
        if _wrong_answers(customer, at).filter(actor_id=by.id).exists():
            raise TapRefused("own_compares")
        day = timezone.localdate(at)
        CompareTap.objects.create(customer=customer, day=day, by_id=by.id, by_number=by.number, at=at)
        trail.record(
            events.COMPARE_EXTENDED,
            by=by,
            at=at,
            facts={"day": day.isoformat(), "more": MORE_PER_TAP, "customer": str(customer.ref)},
        )
        return wrong_left(customer, at)


def _refusal(customer: Customer, decision: Decision, by: Actor, at: datetime) -> str:
    """Name what forbids an answer; "" where nothing does. Takes the customer's lock."""
    if decision.view == HIDDEN:
        return "hidden"
    _lock(customer)
    return "" if wrong_left(customer, at) else "too_many_wrong"


def _lock(customer: Customer) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"compare:{customer.ref}"])


def _wrong_answers(customer: Customer, at: datetime) -> EventQuerySet:
    found = _of_today(events.VALUE_COMPARED, exposed.COMPARED, customer, at)
    return found.filter(facts__right=False)


def _of_today(kind: EventKind, act: str, customer: Customer, at: datetime) -> EventQuerySet:
    """Give the events of one kind about a customer on the local day of `at`."""
    local = timezone.localtime(at)
    morning = local.replace(hour=0, minute=0, second=0, microsecond=0)
    day = (morning, morning + timedelta(days=1))
    return Event.objects.filter(
        kind=kind.code,
        at__gte=day[0],
        at__lt=day[1],
        exposures__customer=customer.ref,
        exposures__act=act,
        exposures__at__gte=day[0],
        exposures__at__lt=day[1],
    )


def _refused_already(customer: Customer, at: datetime) -> bool:
    """Whether the supervisors were told since the last tap of the day."""
    taps = CompareTap.objects.filter(customer=customer, day=timezone.localdate(at))
    since = taps.order_by("-at").values_list("at", flat=True).first()
    found = _of_today(events.COMPARE_REFUSED, exposed.REFUSED, customer, at).filter(
        facts__why="too_many_wrong"
    )
    return (found.filter(at__gt=since) if since else found).exists()


def _tell_supervisors(customer: Customer, by: Actor, at: datetime) -> None:
    """Leave a message for the supervisors who reach this customer, so that one of them may allow more."""
    notify(
        supervisors_of(customer, at) - {by.id},
        "compare_used_up",  # no number: a message outlives the customer
        link=f"/customers/{customer.ref}/",
        at=at,
    )


def _is_right(customer: Customer, spec: FieldSpec, said: str) -> bool:
    if sealed := cards.held_sealed(customer, spec):
        keys = keyring.keys_for([customer.ref], cards.DOMAIN)
        return transform.compare(spec.kind, sealed, cards.place_of(customer, spec), keys, said)
    kind = registry.get(spec.kind)
    held = kind.normalise(cards.held_text(customer, spec))
    return compare_digest(kind.normalise(said).encode(), held.encode())


def _record_answer(
    customer: Customer, spec: FieldSpec, right: bool, contact: Contact | None, by: Actor, at: datetime
) -> None:
    trail.record(
        events.VALUE_COMPARED,
        by=by,
        at=at,
        facts={"field": spec.code, "right": right},
        exposures=[_exposed(customer, exposed.COMPARED)],
        purpose=contact.purpose if contact else "",
        contact=contact.id if contact else None,
    )


def _record_refusal(
    customer: Customer, spec: FieldSpec, why: str, contact: Contact | None, by: Actor, at: datetime
) -> None:
    trail.record(
        events.COMPARE_REFUSED,
        by=by,
        at=at,
        facts={"field": spec.code, "why": why},
        exposures=[_exposed(customer, exposed.REFUSED)],
        purpose=contact.purpose if contact else "",
        contact=contact.id if contact else None,
    )


def _exposed(customer: Customer, act: str) -> Exposed:
    return Exposed(
        customer=customer.ref, act=act, portfolio=customer.portfolio.code, region=customer.portfolio.region
    )
