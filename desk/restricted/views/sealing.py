"""Seal this host: one button, for custodians, officers and security managers."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from desk.restricted.forms import Seal
from desk.restricted.pages import logged_in, page
from desk.restricted.visit import RestrictedRequest
from restricted import people
from restricted.attempts import TooMany
from restricted.factors import FactorRefused
from restricted.sealing import holding, shares
from restricted.services import sealing
from restricted.words import refusal_words


@logged_in("GET", "POST")
def seal(request: RestrictedRequest) -> HttpResponse:
    """Say whether this host is sealed, and seal it with a fresh code."""
    if not request.actor.roles & people.SEALS:
        raise Http404
    if request.method != "POST":
        return _seal_page(request)
    form = Seal(request.POST)
    if not form.is_valid():
        return _seal_page(request, wrong="code")
    try:
        sealing.seal(code=form.cleaned_data["code"], by=request.actor, at=request.at)
    except FactorRefused:
        return _seal_page(request, wrong="code")
    except TooMany:
        return _seal_page(request, wrong="too_many")
    return HttpResponseRedirect(reverse("restricted:seal"))


def _seal_page(request: RestrictedRequest, *, wrong: str = "") -> HttpResponse:
    facts = {"order": holding(), "shares": shares(), "wrong": refusal_words(wrong) if wrong else ""}
    return page(request, "seal.html", facts, status=422 if wrong else 200)
