"""One value: what may be known of it, the form that asks, and the value itself for a minute."""

from base64 import b64encode
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from classification.purposes import purposes_for
from desk.copies import sent
from desk.restricted.forms import MOMENT, Ask, Open
from desk.restricted.pages import logged_in, page
from desk.restricted.shown import field_name, request_shown, value_shown
from desk.restricted.views import errors
from desk.restricted.visit import RestrictedRequest
from files import apart, copies
from files.apart import TEXT
from files.models import ApartRestriction
from restricted import grants, people
from restricted.models import Request, Value
from restricted.openings import officer_alone
from restricted.sealing import away
from restricted.services import openings, requests
from restricted.services.openings import CannotOpen, OpeningRefused, Shown
from restricted.services.requests import RequestRefused
from restricted.words import refusal_words, restriction_words
from staff.roles import OFFICER

PICTURES = frozenset({"image/png", "image/jpeg"})
USUAL_TERM = timedelta(days=1)


@logged_in("GET")
def value(request: RestrictedRequest, id: UUID) -> HttpResponse:
    """Say what is known of one value without showing it; offer what this person may do with it."""
    return _value_page(request, _fetched(request, id))


@logged_in("POST")
def ask(request: RestrictedRequest, id: UUID) -> HttpResponse:
    """Ask to see one value."""
    held, form = _fetched(request, id), Ask(request.POST)
    if not form.is_valid():
        why = "term" if {"starts_at", "ends_at"} & set(form.errors) else "reason_missing"
        return _value_page(request, held, wrong_ask=refusal_words(why), typed=request.POST.dict())
    try:
        made = requests.ask(id, **form.cleaned_data, by=request.actor, at=request.at)
    except RequestRefused as refused:
        return _value_page(request, held, wrong_ask=refusal_words(refused.code), typed=request.POST.dict())
    return HttpResponseRedirect(reverse("restricted:request", args=[made.pk]))


@logged_in("POST")
@sensitive_variables()
def open_one(request: RestrictedRequest, id: UUID) -> HttpResponse:
    """Show one value for a minute, against a code that was used for nothing else."""
    held, form = _fetched(request, id), Open(request.POST)
    form.is_valid()
    code, reason = form.cleaned_data.get("code", ""), form.cleaned_data.get("reason", "")
    try:
        shown = openings.open_value(id, code=code, reason=reason, by=request.actor, at=request.at)
    except OpeningRefused as refused:
        return _value_page(request, held, wrong_open=refusal_words(refused.code))
    except CannotOpen:
        return errors.damaged(request)
    answer = _on_screen(request, shown)
    # Without any script: after a minute the browser leaves the page, and no history brings it back.
    back = reverse("restricted:value", args=[id])
    answer["Refresh"] = f"{settings.RESTRICTED_SHOWN_SECONDS}; url={back}"
    return answer


@sensitive_variables()
def _on_screen(request: RestrictedRequest, shown: Shown) -> HttpResponse:
    held = shown.value
    facts = {
        "field": field_name(held.field),
        "id": held.pk,
        "name": shown.name,
        "seconds": settings.RESTRICTED_SHOWN_SECONDS,
        "at": request.at,
    }
    if held.media_type == TEXT:
        return page(request, "shown.html", facts | {"text": shown.content.decode("utf-8", "replace")})
    try:
        copy = copies.stamped(shown.content, name="l4", by=request.actor, at=request.at, event=shown.event)
    except copies.Unreadable:
        return errors.no_copy(request)
    if copy.media_type in PICTURES:
        picture = f"data:{copy.media_type};base64,{b64encode(copy.content).decode()}"
        return page(request, "shown.html", facts | {"picture": picture})
    return sent(copy)


def _fetched(request: RestrictedRequest, id: UUID) -> Value:
    held = Value.objects.filter(pk=id, destroyed_at=None).first()
    # Whoever keeps keys or seals this host has no business with values: for them there is none.
    if held is None or not request.actor.roles & people.READS:
        raise Http404
    return held


def _value_page(
    request: RestrictedRequest,
    held: Value,
    *,
    wrong_ask: str = "",
    wrong_open: str = "",
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    by, at = request.actor, request.at
    assert by.id is not None
    alone = officer_alone(held.field)
    grant = grants.live_for(held, by.id, at)
    restriction = apart.restriction(held.subject, held.field, at)
    readable = restriction is None and away() is None
    own = Request.objects.filter(value=held, applicant=by.id, ends_at__gt=at).select_related("value")
    facts = {
        "value": value_shown(held),
        "officer_alone": alone,
        "grant": request_shown(grant, by, at) if grant else None,
        "opens": readable and ((alone and OFFICER in by.roles) or (not alone and grant is not None)),
        "asks": readable and not alone and bool(by.roles & people.ASKS),
        "stored_only": _stored_only(restriction),
        "own": [request_shown(one, by, at) for one in own.prefetch_related("signatures")],
        "purposes": [(one.code, str(one)) for one in purposes_for(by.roles, at)],
        "typed": typed or _usual(request),
        "wrong_ask": wrong_ask,
        "wrong_open": wrong_open,
        "seconds": settings.RESTRICTED_SHOWN_SECONDS,
    }
    return page(request, "value.html", facts, status=422 if wrong_ask or wrong_open else 200)


def _stored_only(found: ApartRestriction | None) -> str:
    if found is None:
        return ""
    return f"{refusal_words('storage_only')} {restriction_words(found.basis, found.kept_until)}".strip()


def _usual(request: RestrictedRequest) -> dict[str, str]:
    begins = timezone.localtime(request.at)
    return {"starts_at": begins.strftime(MOMENT), "ends_at": (begins + USUAL_TERM).strftime(MOMENT)}
