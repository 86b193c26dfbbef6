"""Requests: one's own and those that wait for one's signature. No value and no customer is listed."""

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from desk.restricted.forms import Sign
from desk.restricted.pages import logged_in, page
from desk.restricted.shown import request_shown
from desk.restricted.visit import RestrictedRequest
from restricted import grants
from restricted.attempts import TooMany
from restricted.factors import FactorRefused
from restricted.models import Request
from restricted.services import requests
from restricted.words import refusal_words


@logged_in("GET")
def home(request: RestrictedRequest) -> HttpResponse:
    """Show which requests wait for this person's signature, and their own that are not over."""
    found = [
        request_shown(one, request.actor, request.at) for one in grants.concerning(request.actor, request.at)
    ]
    facts = {"to_sign": [one for one in found if one.seat], "own": [one for one in found if one.own]}
    return page(request, "home.html", facts)


@logged_in("GET")
def request(request: RestrictedRequest, id: UUID) -> HttpResponse:
    """Show one request to its applicant and to whoever signs it."""
    return _request_page(request, id)


@logged_in("POST")
def sign(request: RestrictedRequest, id: UUID) -> HttpResponse:
    """Sign or refuse a request with a fresh code."""
    form = Sign(request.POST)
    if not form.is_valid():
        return _request_page(request, id, wrong=refusal_words("code"))
    accepted = form.cleaned_data["accepted"] == "yes"
    try:
        requests.sign(id, accepted=accepted, code=form.cleaned_data["code"], by=request.actor, at=request.at)
    except Request.DoesNotExist:
        raise Http404 from None
    except FactorRefused:
        return _request_page(request, id, wrong=refusal_words("code"))
    except TooMany:
        return _request_page(request, id, wrong=refusal_words("too_many"))
    return HttpResponseRedirect(reverse("restricted:request", args=[id]))


def _request_page(request: RestrictedRequest, id: UUID, *, wrong: str = "") -> HttpResponse:
    found = Request.objects.select_related("value").prefetch_related("signatures").filter(pk=id).first()
    if found is None:
        raise Http404
    try:
        reason = requests.read_reason(found, by=request.actor, at=request.at)
    except Request.DoesNotExist:
        raise Http404 from None
    facts = {"asked": request_shown(found, request.actor, request.at), "reason": reason, "wrong": wrong}
    return page(request, "request.html", facts, status=422 if wrong else 200)
