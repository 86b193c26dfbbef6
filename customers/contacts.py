"""Questions about contacts: which is open, which are over without a line. All computed from dates."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from customers.models import Contact

OVER_AFTER = timedelta(minutes=30)


def live(at: datetime) -> QuerySet[Contact]:
    """Return the contacts that are open: not closed, and acted in within the last half hour."""
    return Contact.objects.filter(closed_at__isnull=True, last_act_at__gt=at - OVER_AFTER)


def is_live(contact: Contact, at: datetime) -> bool:
    """Return whether a contact is open at a time."""
    return contact.closed_at is None and contact.last_act_at > at - OVER_AFTER


def current(person: UUID, customer: UUID, at: datetime) -> Contact | None:
    """Return the person's open contact with the customer of that ref, if there is one."""
    return live(at).filter(person_id=person, customer__ref=customer).order_by("-opened_at").first()


def over_without_line(person: UUID, at: datetime) -> QuerySet[Contact]:
    """Return the person's contacts that are over but were never closed with a line, newest first."""
    over = Contact.objects.filter(closed_at__isnull=True, last_act_at__lte=at - OVER_AFTER)
    return over.filter(person_id=person).select_related("customer").order_by("-opened_at")


def of_customer(customer: UUID) -> QuerySet[Contact]:
    """Return all contacts with a customer, newest first."""
    return Contact.objects.filter(customer__ref=customer).order_by("-opened_at")
