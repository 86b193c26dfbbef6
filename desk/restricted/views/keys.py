"""The master keys of this host: versions with their counts, and the acts that two custodians agree on."""

from datetime import timedelta
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from desk.restricted.forms import Propose, Sign
from desk.restricted.pages import logged_in, page
from desk.restricted.shown_keys import act_shown, kek_shown, step_shown
from desk.restricted.visit import RestrictedRequest
from restricted import keks, people
from restricted.attempts import TooMany
from restricted.factors import FactorRefused
from restricted.models import KeyAct
from restricted.people import NotTheirs
from restricted.sealing import away
from restricted.services import keys
from restricted.words import key_refusal_words
from vault.keks import KekRefused

SHOWN = timedelta(days=400)
"""How far back acts are listed."""


@logged_in("GET")
def register(request: RestrictedRequest) -> HttpResponse:
    """Show the versions of the master key, what waits, what can come next and what was done."""
    return _keys_page(request)


@logged_in("POST")
def propose(request: RestrictedRequest) -> HttpResponse:
    """Propose an act with a fresh code."""
    _insist(request)
    form = Propose(request.POST)
    if not form.is_valid():
        return _keys_page(request, wrong="code" if "code" in form.errors else "kek_unknown")
    fact, _, version = form.cleaned_data["step"].partition("-")
    try:
        keys.propose(fact, int(version), code=form.cleaned_data["code"], by=request.actor, at=request.at)
    except KekRefused as refused:
        return _keys_page(request, wrong=refused.code)
    except FactorRefused:
        return _keys_page(request, wrong="code")
    except TooMany:
        return _keys_page(request, wrong="too_many")
    return HttpResponseRedirect(reverse("restricted:keys"))


@logged_in("POST")
def answer(request: RestrictedRequest, id: UUID) -> HttpResponse:
    """Approve or refuse what another custodian proposed."""
    _insist(request)
    form = Sign(request.POST)
    if not form.is_valid():
        return _keys_page(request, wrong="code")
    accepted = form.cleaned_data["accepted"] == "yes"
    try:
        keys.answer(id, accepted=accepted, code=form.cleaned_data["code"], by=request.actor, at=request.at)
    except KeyAct.DoesNotExist:
        raise Http404 from None
    except NotTheirs:
        return _keys_page(request, wrong="own")
    except FactorRefused:
        return _keys_page(request, wrong="code")
    except TooMany:
        return _keys_page(request, wrong="too_many")
    return HttpResponseRedirect(reverse("restricted:keys"))


def _insist(request: RestrictedRequest) -> None:
    if not request.actor.roles & people.KEEPS_KEYS:
        raise Http404


def _keys_page(request: RestrictedRequest, *, wrong: str = "") -> HttpResponse:
    _insist(request)
    known = keks.life()
    total = sum(one.data_keys for one in known.keks)
    acts = [act_shown(one, known, request.actor, request.at) for one in keks.acts_since(request.at - SHOWN)]
    open_acts = {(one.fact, one.version) for one in acts if one.open}
    steps = keks.possible(known, away=away() is not None)
    facts = {
        "keks": [kek_shown(one, known) for one in reversed(known.keks)],
        "moving": known.under_older,
        "of": total,
        "done": total - known.under_older,
        "current": known.current,
        "open": [one for one in acts if one.open],
        "past": [one for one in acts if not one.open],
        "steps": [step_shown(*one) for one in steps if one[:2] not in open_acts],
        "wrong": key_refusal_words(wrong) if wrong else "",
    }
    return page(request, "keys.html", facts, status=422 if wrong else 200)
