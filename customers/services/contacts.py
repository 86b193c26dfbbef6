"""Contacts: one dealing with a customer, the reason that most reads have (architecture.md §4).

A contact starts by itself when a customer is opened, with the person's usual channel and purpose, which are
changed in place. One is open per person and customer; it is over when closed with a line, or half an hour after
its last act, which is computed and never stored.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from classification.purposes import purposes_for
from customers import events
from customers.contacts import OVER_AFTER, current, live
from customers.models import CHANNELS, Contact, Customer
from customers.problems import Problem, Refused
from customers.reach import visible_to
from files.services import put_text
from kinds import registry
from staff.permissions import may
from trail.actor import Actor
from trail.services import record

LONGEST_LINE = 500
_TICKET = re.compile(r"[A-Za-z0-9#/_.-]{0,60}")
_USUAL_WINDOW = timedelta(days=30)


class NotFound(LookupError):
    """There is no such open contact of this person, or no such customer within reach."""


class NoContact(PermissionError):
    """This person's roles start no contacts: officers and auditors read without one."""


def touch(*, ref: UUID, by: Actor, at: datetime, customer: Customer | None = None) -> Contact:
    """Return the person's open contact with a customer, carried on by this act, or start one.

    :param customer: the customer, where the caller has just fetched it from `visible_to(by, at)`.
    :raises NoContact: the roles start none.
    :raises NotFound: the customer is not within reach.
    """
    if by.id is None or not may(by, "contact.start"):
        raise NoContact
    with transaction.atomic():
        customer = customer or visible_to(by, at).filter(ref=ref).first()
        if customer is None:
            raise NotFound
        _lock(by.id, customer.pk)
        contact = current(by.id, customer.ref, at)
        if contact is not None:
            _carry_on(contact, at)
            return contact
        return _start(customer, by=by, at=at)


def act(id: UUID, *, customer: Customer, by: Actor, at: datetime) -> str:
    """Carry a contact on by an act inside it and return its purpose; part of the act's transaction.

    :raises NotFound: it is not an open contact of this person with this customer.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ACT, [at, id, _person(by), customer.pk, at - OVER_AFTER])
        row = cursor.fetchone()
    if row is None:
        raise NotFound
    purpose: str = row[0]
    return purpose


_ACT = """
update customers_contact set last_act_at = greatest(last_act_at, %s)
where id = %s and person_id = %s and customer_id = %s and closed_at is null and last_act_at > %s
returning purpose"""


def change(
    *,
    id: UUID,
    by: Actor,
    at: datetime,
    channel: str | None = None,
    purpose: str | None = None,
    ticket: str | None = None,
) -> Contact:
    """Change channel, purpose or ticket of an open contact in place.

    :raises NotFound: it is not an open contact of this person.
    :raises Refused: an unknown channel, a purpose these roles may not pick, a ticket that is no enquiry number.
    """
    problems = []
    if channel is not None and channel not in CHANNELS:
        problems.append(Problem("channel", "unknown_channel"))
    if purpose is not None and purpose not in {known.code for known in purposes_for(by.roles, at)}:
        problems.append(Problem("purpose", "unknown_purpose"))
    if ticket is not None and not _is_ticket(ticket):
        problems.append(Problem("ticket", "not_a_ticket"))
    if problems:
        raise Refused(problems)
    with transaction.atomic():
        contact = _own(id, by, at)
        contact.channel = channel if channel is not None else contact.channel
        contact.purpose = purpose if purpose is not None else contact.purpose
        contact.ticket = ticket.strip() if ticket is not None else contact.ticket
        contact.last_act_at = max(at, contact.last_act_at)
        contact.save(update_fields=["channel", "purpose", "ticket", "last_act_at"])
        facts = {"channel": contact.channel, "ticket": bool(contact.ticket)}
        record(events.CONTACT_CHANGED, by=by, at=at, facts=facts, contact=contact.pk, purpose=contact.purpose)
    return contact


def close(*, id: UUID, line: str, by: Actor, at: datetime) -> Contact:
    """Close a contact with one line, which is kept sealed under the customer.

    A contact that is over but has no line may still be given one.

    :raises NotFound: it is not a contact of this person that still waits for its line.
    :raises Refused: there is no line, or it is too long.
    """
    text = " ".join(line.split())
    if not text:
        raise Refused([Problem("line", "required")])
    if len(text) > LONGEST_LINE:
        raise Refused([Problem("line", "too_long", {"limit": LONGEST_LINE})])
    with transaction.atomic():
        contact = (
            Contact.objects.select_for_update(of=("self",))
            .select_related("customer")
            .filter(pk=id, person_id=_person(by), closed_at__isnull=True)
            .first()
        )
        if contact is None:
            raise NotFound
        contact.line = put_text(text, about="contact.line", subject=contact.customer.ref, by=by, at=at)
        contact.closed_at = max(at, contact.opened_at)
        contact.save(update_fields=["line", "closed_at"])
        facts = {"line": str(contact.line)}
        record(events.CONTACT_CLOSED, by=by, at=at, facts=facts, contact=contact.pk, purpose=contact.purpose)
    return contact


def _start(customer: Customer, *, by: Actor, at: datetime) -> Contact:
    assert by.id is not None
    pickable = [purpose.code for purpose in purposes_for(by.roles, at)]
    if not pickable:
        raise NoContact
    usual = (
        Contact.objects.filter(person_id=by.id, opened_at__gte=at - _USUAL_WINDOW)
        .order_by("-opened_at")
        .values_list("channel", "purpose")
        .first()
    )
    channel, purpose = usual or (CHANNELS[0], pickable[0])
    contact = Contact.objects.create(
        customer=customer,
        person_id=by.id,
        person_number=by.number,
        channel=channel,
        purpose=purpose if purpose in pickable else pickable[0],
        opened_at=at,
        last_act_at=at,
    )
    facts = {"channel": contact.channel}
    record(events.CONTACT_OPENED, by=by, at=at, facts=facts, contact=contact.pk, purpose=contact.purpose)
    return contact


def _carry_on(contact: Contact, at: datetime) -> None:
    Contact.objects.filter(pk=contact.pk, last_act_at__lt=at).update(last_act_at=at)
    contact.last_act_at = max(at, contact.last_act_at)


def _own(id: UUID, by: Actor, at: datetime) -> Contact:
    contact = live(at).select_for_update(of=("self",)).filter(pk=id, person_id=_person(by)).first()
    if contact is None:
        raise NotFound
    return contact


def _person(by: Actor) -> UUID:
    if by.id is None:
        raise NotFound
    return by.id


def _lock(person: UUID, customer: int) -> None:
    # Two tabs that open the same customer at once must not start two contacts.
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('customers.contact'), hashtext(%s))",
            [f"{person}:{customer}"],
        )


def _is_ticket(text: str) -> bool:
    return _TICKET.fullmatch(text.strip()) is not None and not registry.scan(text)
