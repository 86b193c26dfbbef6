"""Requests and what their signatures make of them: computed when asked, never stored (law 7)."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from restricted import people
from restricted.models import HEAD_SEAT, OFFICER_SEAT, SEATS, Request, Signature, Value
from staff.roles import HEAD, OFFICER
from trail.actor import Actor

WAITING, REFUSED, NOT_YET, LIVE, OVER = "waiting", "refused", "not_yet", "live", "over"


def content_hash(request: Request) -> bytes:
    """Return the SHA-256 of everything that is approved. An approval of another content is none (law 9)."""
    value = request.value
    content = {
        "request": str(request.pk),
        "value": str(value.pk),
        "subject": str(value.subject),
        "field": value.field,
        "applicant": str(request.applicant),
        "department": request.department,
        "purpose": request.purpose,
        "reason": sha256(bytes(request.reason)).hexdigest(),
        "from": request.starts_at.isoformat(),
        "until": request.ends_at.isoformat(),
    }
    return sha256(json.dumps(content, sort_keys=True).encode()).digest()


def valid(request: Request) -> dict[str, Signature]:
    """Return the signatures that count, by seat: of this content, by two people, neither of them the applicant."""
    wanted = content_hash(request)
    found = {
        one.seat: one
        for one in request.signatures.all()
        if bytes(one.content_sha256) == wanted and one.person != request.applicant
    }
    return found if len({one.person for one in found.values()}) == len(found) else {}


def state(request: Request, at: datetime) -> str:
    """Return what a request is at `at`."""
    signed = valid(request)
    if any(not one.accepted for one in signed.values()):
        return REFUSED
    if at >= request.ends_at:
        return OVER
    if set(signed) != set(SEATS):
        return WAITING
    return LIVE if at >= request.starts_at else NOT_YET


def live_for(value: Value, person: UUID, at: datetime) -> Request | None:
    """Return the request under which this person may see this value at `at`."""
    asked = Request.objects.filter(
        value=value, applicant=person, starts_at__lte=at, ends_at__gt=at
    ).prefetch_related("signatures")
    return next((one for one in asked if state(one, at) == LIVE), None)


def seat_for(request: Request, actor: Actor, at: datetime) -> str:
    """Return the seat in which this person may sign now, or nothing."""
    if actor.id is None or actor.id == request.applicant or state(request, at) != WAITING:
        return ""
    signed = request.signatures.all()
    if any(one.person == actor.id for one in signed):
        return ""
    taken = {one.seat for one in signed}
    if OFFICER in actor.roles and OFFICER_SEAT not in taken:
        return OFFICER_SEAT
    # Where nobody leads the applicant's departments, officers sign in the head's place: another one than above.
    leads = actor.roles & {HEAD, OFFICER} and actor.id in people.heads_for(request, at)
    return HEAD_SEAT if leads and HEAD_SEAT not in taken else ""


def concerning(actor: Actor, at: datetime) -> list[Request]:
    """Return open requests of this person's own, and those that they may sign; newest first. No value is named."""
    rows = (
        Request.objects.filter(ends_at__gt=at)
        .select_related("value")
        .prefetch_related("signatures")
        .order_by("-asked_at")[:200]
    )
    return [one for one in rows if one.applicant == actor.id or seat_for(one, actor, at)]
