"""One public page: its frame, its other language, who asks for it and when."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, override

from staff import acting
from trail import services as trail
from trail.actor import Actor

LANGUAGES = (("zh-hans", "中文"), ("en", "English"))
LONGEST_DEVICE = 300


def page(
    request: HttpRequest,
    template: str,
    facts: dict[str, Any],
    *,
    status: int = 200,
    form: bool = False,
    again: str = "",
) -> HttpResponse:
    """Answer with a page.

    :param form: the page sends a form, so the browser must say where it comes from.
    :param again: the page, by name, that the switch of language leads to when this one answers a form.
    """
    answer = render(request, f"public/{template}", facts | {"switch": _switch(request, again)}, status=status)
    if not form:
        answer["Referrer-Policy"] = "no-referrer"
    return answer


def visitor(request: HttpRequest) -> Actor:
    """Return the actor of whoever opened the page: known by place only."""
    return acting.visitor(request.client_ip)  # type: ignore[attr-defined]


def device(request: HttpRequest) -> str:
    """Return what the browser says it is, for the record of an answer."""
    said = request.headers.get("User-Agent", "")[:LONGEST_DEVICE]
    return "".join(letter for letter in said if letter.isprintable())


def moment() -> datetime:
    """Return the database's time."""
    return trail.clock()


def language() -> str:
    """Return the language of this page."""
    return get_language() or settings.LANGUAGE_CODE


def _switch(request: HttpRequest, again: str) -> list[tuple[str, str, str]]:
    """Return each language with its own name and this page's address in it."""
    match = request.resolver_match
    if match is None:
        name, kwargs = "public:notices", {}
    else:
        name, kwargs = again or match.view_name, match.kwargs
    found = []
    for code, words in LANGUAGES:
        with override(code):
            found.append((code, words, reverse(name, kwargs=kwargs)))
    return found
