"""A firm in which somebody asks, a head signs and an officer signs too."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from access.models import UsageRequest
from access.requests import Draft
from access.services import requests
from approvals import services as approvals
from approvals.models import Proposal
from customers.models import Customer
from customers.services import contacts
from staff.roles import HEAD
from tests.access.cast import Cast
from trail.actor import Actor

HOUR = timedelta(hours=1)


@dataclass
class Office:
    """The cast with an applicant, the head of the applicant and a data security officer."""

    cast: Cast

    def __post_init__(self) -> None:
        self.head = self.cast.person(HEAD)
        self.boss = self.cast.officer()
        self.asker = self.cast.agent()

    @property
    def at(self) -> datetime:
        return self.cast.at

    def customer(self, **more: Any) -> Customer:
        return self.cast.customer(**more)

    def draft(self, *customers: Customer, **more: Any) -> Draft:
        given: dict[str, Any] = {
            "purpose": "service",
            "fields": ("mobile",),
            "customers": tuple(one.ref for one in customers),
            "starts_at": self.at - HOUR,
            "ends_at": self.at + HOUR,
            "reason": "核对退款",
            "justification": "客户已书面要求",
            "exclude": False,
        }
        return Draft(**given | more)

    def asked(self, *customers: Customer, **more: Any) -> UsageRequest:
        """Ask as the applicant."""
        return requests.ask(self.draft(*customers, **more), by=self.asker, at=self.at)

    def granted(self, *customers: Customer, **more: Any) -> UsageRequest:
        """Ask, and let the head sign."""
        row = self.asked(*customers, **more)
        sign(row.proposal, self.head, self.at)
        return row

    def in_contact(self, customer: Customer, purpose: str = "service") -> None:
        """Put the applicant into a contact with this purpose."""
        contact = contacts.touch(ref=customer.ref, by=self.asker, at=self.at)
        contacts.change(id=contact.pk, by=self.asker, at=self.at, purpose=purpose)


def sign(proposal: UUID, by: Actor, at: datetime) -> approvals.Outcome:
    """Sign what lies there."""
    found = Proposal.objects.get(pk=proposal)
    return approvals.approve(found.pk, seen_hash=found.content_hash, by=by, at=at)
