"""One page of the restricted host: its frame, its other language, and who may open it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override

from desk.public.pages import LANGUAGES
from desk.restricted.visit import RestrictedRequest, Visit
from restricted import demo, people, security_keys
from restricted.sealing import away
from restricted.words import away_words

P = ParamSpec("P")


def page(request: Visit, template: str, facts: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Answer with a page."""
    actor, at = request.actor, request.at
    frame: dict[str, Any] = {"switch": _switch(request), "actor": actor, "demo": settings.DEMO}
    roles = actor.roles if actor else frozenset()
    may = {"reads": people.READS, "seals": people.SEALS, "keeps_keys": people.KEEPS_KEYS}
    frame |= {name: bool(roles & wanted) for name, wanted in may.items()}
    reason = away()
    frame["away"] = away_words(reason, settings.RESTRICTED_KEK_PROVIDER) if reason else ""
    frame |= {"challenge": security_keys.challenge(at), "key_address": security_keys.address()}
    if settings.DEMO and actor is not None:
        codes = {one.number: one.code for one in demo.accounts(at)}
        frame["demo_code"] = codes.get(actor.number, "")
    return render(request, f"restricted/{template}", frame | facts, status=status)


def logged_in(
    *methods: str,
) -> Callable[
    [Callable[Concatenate[RestrictedRequest, P], HttpResponseBase]],
    Callable[Concatenate[Visit, P], HttpResponseBase],
]:
    """Let a view answer people who are logged in here, and these methods only."""

    def decorate(
        view: Callable[Concatenate[RestrictedRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[Visit, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: Visit, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            # SECURITY: the one gate in front of every page but login and enrolment.
            if request.actor is None:
                after = f"?next={quote(request.path)}" if request.method == "GET" else ""
                return HttpResponseRedirect(reverse("restricted:login") + after)
            if request.method not in {*methods, "HEAD" if "GET" in methods else methods[0]}:
                return HttpResponseNotAllowed(methods)
            return view(cast(RestrictedRequest, request), *args, **kwargs)

        return guarded

    return decorate


def _switch(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Return each language with its own name and this page's address in it; nothing where a form was sent."""
    match = request.resolver_match
    if match is None or request.method != "GET":
        return []
    found = []
    for code, words in LANGUAGES:
        with override(code):
            found.append((code, words, reverse(match.view_name, kwargs=match.kwargs)))
    return found
