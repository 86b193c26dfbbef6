"""Ask to see one L4 value for a time, and sign or refuse what others ask (S0-31)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction

from classification.purposes import purposes_for
from files import apart
from restricted import events, grants, people, proving, sealed
from restricted.models import Request, Signature, Value
from restricted.openings import officer_alone
from restricted.place import ALIAS
from staff import queries as staff
from staff.roles import OFFICER
from staff.services.notifications import notify
from trail import services as trail
from trail.actor import Actor

LONGEST_TERM = timedelta(days=7)
LONGEST_REASON = 1000


class RequestRefused(Exception):
    """It cannot be asked or signed so; `code` says why (`restricted.words`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ask(
    value: UUID,
    *,
    purpose: str,
    reason: str,
    starts_at: datetime,
    ends_at: datetime,
    by: Actor,
    at: datetime,
) -> Request:
    """Ask to see one value from then to then.

    :raises Value.DoesNotExist: there is no such value, or it was destroyed.
    :raises RequestRefused: may_not_ask, officer_alone, purpose, storage_only, reason_missing, reason_too_long, term.
    :raises vault.away.Sealed: this host is sealed.
    """
    held = Value.objects.get(pk=value, destroyed_at=None)
    _insist_askable(held, purpose, reason, starts_at, ends_at, by, at)
    assert by.id is not None
    id = uuid4()
    made = Request(
        id=id,
        value=held,
        applicant=by.id,
        applicant_number=by.number,
        applicant_name=by.name,
        department=by.department,
        purpose=purpose,
        reason=sealed.seal_reason(reason.strip(), held, id),
        starts_at=starts_at,
        ends_at=ends_at,
        asked_at=at,
    )
    with transaction.atomic(using=ALIAS), transaction.atomic():
        made.save(force_insert=True)
        signers = people.heads_for(made, at) | staff.holders_of(OFFICER, at)
        link = f"{settings.RESTRICTED_URL}/requests/{id}/"
        notify(signers - {by.id}, "l4_request_waits", link=link, at=at)
        facts = {
            "request": str(id),
            "value": str(held.pk),
            "field": held.field,
            "from": starts_at.isoformat(),
            "until": ends_at.isoformat(),
        }
        trail.record(events.ASKED, by=by, at=at, facts=facts, purpose=purpose, request=str(id))
    return made


def _insist_askable(
    held: Value, purpose: str, reason: str, starts_at: datetime, ends_at: datetime, by: Actor, at: datetime
) -> None:
    if not by.roles & people.ASKS:
        raise RequestRefused("may_not_ask")
    if officer_alone(held.field):
        raise RequestRefused("officer_alone")
    if purpose not in {one.code for one in purposes_for(by.roles, at)}:
        raise RequestRefused("purpose")
    if apart.restriction(held.subject, held.field, at):
        raise RequestRefused("storage_only")
    if not reason.strip():
        raise RequestRefused("reason_missing")
    if len(reason) > LONGEST_REASON:
        raise RequestRefused("reason_too_long")
    if not (starts_at < ends_at <= starts_at + LONGEST_TERM and ends_at > at):
        raise RequestRefused("term")


def read_reason(request: Request, *, by: Actor, at: datetime) -> str:
    """Return why somebody asks, to the applicant and to those who sign; each look by another is an event.

    :raises Request.DoesNotExist: it is none of this person's business.
    """
    if request.applicant != by.id and not _concerned(request, by, at):
        raise Request.DoesNotExist
    receipt = trail.record(
        events.REQUEST_READ,
        by=by,
        at=at,
        facts={"request": str(request.pk)},
        opens=[request.pk],
        request=str(request.pk),
    )
    return sealed.reason(bytes(request.reason), request.value, request.pk, receipt)


def _concerned(request: Request, by: Actor, at: datetime) -> bool:
    signed = any(one.person == by.id for one in request.signatures.all())
    return signed or bool(grants.seat_for(request, by, at))


def sign(request: UUID, *, accepted: bool, code: str, by: Actor, at: datetime) -> str:
    """Sign or refuse a request in one's seat, with a fresh code; return the seat.

    :raises Request.DoesNotExist: there is none that this person may sign.
    :raises FactorRefused, attempts.TooMany: the code; nothing was signed.
    """
    row = Request.objects.select_related("value").prefetch_related("signatures").get(pk=request)
    seat = grants.seat_for(row, by, at)
    if not seat or by.id is None:
        raise Request.DoesNotExist
    proving.prove(code, by=by, at=at, about=str(row.value_id))
    content = grants.content_hash(row)
    signed: dict[str, object] = {
        "request": str(row.pk),
        "seat": seat,
        "accepted": accepted,
        "hash": content.hex(),
    }
    try:
        with transaction.atomic(using=ALIAS):
            Signature.objects.create(
                request=row,
                seat=seat,
                person=by.id,
                number=by.number,
                name=by.name,
                accepted=accepted,
                content_sha256=content,
                at=at,
            )
            trail.record(events.SIGNED, by=by, at=at, facts=signed, request=str(row.pk))
    except IntegrityError:  # somebody else was faster in this seat
        raise Request.DoesNotExist from None
    return seat
