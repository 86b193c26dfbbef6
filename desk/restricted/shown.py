"""What the templates of the restricted host receive: decided already, no model instances."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from classification.models import Field, Purpose
from restricted import grants
from restricted.models import Request, Value
from restricted.words import seat_words, state_words
from staff.models import Department
from trail.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueShown:
    """One value, as far as it may be known without being shown."""

    id: UUID
    field: str
    kind: str
    size: int
    deposited_at: datetime
    customer_page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureShown:
    """What a signer said."""

    seat: str
    number: str
    name: str
    accepted: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestShown:
    """One request. `seat` is the reader's own, where they may sign now."""

    id: UUID
    value: UUID
    field: str
    applicant: str
    department: str
    purpose: str
    starts_at: datetime
    ends_at: datetime
    asked_at: datetime
    state: str
    state_words: str
    own: bool
    seat: str
    hash: str
    signatures: tuple[SignatureShown, ...]
    customer_page: str


def value_shown(value: Value) -> ValueShown:
    """Return what a page says of a value that it does not show."""
    return ValueShown(
        id=value.pk,
        field=field_name(value.field),
        kind=value.media_type,
        size=value.size,
        deposited_at=value.deposited_at,
        customer_page=_customer_page(value),
    )


def request_shown(request: Request, reader: Actor, at: datetime) -> RequestShown:
    """Return a request as its reader sees it."""
    state = grants.state(request, at)
    seat = grants.seat_for(request, reader, at)
    return RequestShown(
        id=request.pk,
        value=request.value_id,
        field=field_name(request.value.field),
        applicant=f"{request.applicant_name} {request.applicant_number}",
        department=_named(Department.objects.filter(code=request.department).first(), request.department),
        purpose=_named(Purpose.objects.filter(code=request.purpose).first(), request.purpose),
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        asked_at=request.asked_at,
        state=state,
        state_words=state_words(state),
        own=request.applicant == reader.id,
        seat=seat_words(seat) if seat else "",
        hash=grants.content_hash(request).hex(),
        signatures=tuple(
            SignatureShown(
                seat=seat_words(one.seat), number=one.number, name=one.name, accepted=one.accepted, at=one.at
            )
            for one in sorted(request.signatures.all(), key=lambda one: one.at)
        ),
        customer_page=_customer_page(request.value),
    )


def field_name(code: str) -> str:
    """Return what the catalogue calls a field."""
    return _named(Field.objects.filter(code=code).first(), code)


def _named(row: Field | Purpose | Department | None, code: str) -> str:
    return str(row) if row else code


def _customer_page(value: Value) -> str:
    """Return the customer's page on the main site, which decides for itself who may open it."""
    return f"{settings.MAIN_URL}/customers/{value.subject}/" if settings.MAIN_URL else ""
