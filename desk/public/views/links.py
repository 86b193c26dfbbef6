"""Answering a link: read what is asked, show that it is you, answer each purpose."""

import time

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from consent import evidence, links
from consent.links import LiveLink
from consent.queries import published
from consent.services import answers
from desk.public import given as given_answers
from desk.public import proof
from desk.public.given import Given
from desk.public.limits import limited
from desk.public.pages import device, language, moment, page, visitor
from desk.public.views import errors
from files import deposits

OVER_SECONDS = 0.15
"""Every link that does not work takes this long, whatever the reason."""
LONGEST_CHECK = 100


@require_safe
@limited("link", per_address=300, per_link=60)
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Say what the link is for and ask for the check."""
    began = time.monotonic()
    found = answers.open_link(token, by=visitor(request), at=moment())
    return _ask(request, found) if found else over(request, began)


@require_POST
@limited("check", per_address=60, per_link=20)
def check(request: HttpRequest, token: str) -> HttpResponse:
    """Compare what was typed; when it matches, show the notice with its questions."""
    began = time.monotonic()
    given = request.POST.get("given", "").strip()[:LONGEST_CHECK]
    if not given:
        found = links.look_up(token, at=moment())
        return _ask(request, found, wrong="empty") if found else over(request, began)
    checked = answers.check(token, given, by=visitor(request), at=moment())
    if checked.link is None:
        return over(request, began)
    if not checked.matches:
        return _ask(request, checked.link, wrong="other")
    return _questions(request, checked.link, proof.prove(token))


@require_POST
@limited("answer", per_address=60, per_link=20)
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Record the answers; then the link is used up and the receipt is shown."""
    began = time.monotonic()
    found = links.look_up(token, at=moment())
    if found is None:
        return over(request, began)
    shown_proof = request.POST.get("proof", "")
    if not proof.is_proven(token, shown_proof):
        return _ask(request, found, wrong="late")
    given = given_answers.read(found.purposes, request.POST)
    file, problem = given_answers.read_file(request.FILES.get("file") if found.takes_file else None)
    if problem or not given.complete:
        return _questions(request, found, shown_proof, given, problem)
    try:
        receipt = _record(request, token, given, file)
    except answers.LinkOver:
        return over(request, began)
    return HttpResponseRedirect(reverse("public:receipt", kwargs={"token": receipt}))


def over(request: HttpRequest, began: float) -> HttpResponse:
    """Answer a link that does not work. SECURITY: one page and one time, so that nothing tells why."""
    answer = errors.over(request)
    time.sleep(max(0.0, began + OVER_SECONDS - time.monotonic()))
    return answer


def _record(request: HttpRequest, token: str, given: Given, file: bytes | None) -> str:
    """Record the answers and leave the file in one transaction; return the token of the receipt.

    :raises consent.services.answers.LinkOver: when the link was used meanwhile.
    """
    at = moment()
    with transaction.atomic():
        receipt, link = answers.answer(
            token,
            given.answers,
            separate=given.separate,
            language=language(),
            device=device(request),
            staff_browser=settings.MAIN_COOKIES in request.COOKIES,
            by=visitor(request),
            at=at,
        )
        if file is not None:
            deposits.deposit(file, purpose=evidence.PURPOSE, reference=link.id, at=at)
    return receipt


def _ask(request: HttpRequest, found: LiveLink, wrong: str = "") -> HttpResponse:
    facts = {"link": found, "wrong": wrong, "language": language(), "token": _token(request)}
    return page(request, "link.html", facts, form=True, again="public:link", status=422 if wrong else 200)


def _questions(
    request: HttpRequest,
    found: LiveLink,
    shown_proof: str,
    given: Given = given_answers.NOTHING,
    problem: str = "",
) -> HttpResponse:
    facts = {
        "link": found,
        "notice": published.notice(found.notice, found.number, language(), moment()),
        "questions": given_answers.questions(found.purposes, given),
        "proof": shown_proof,
        "file_problem": problem,
        "language": language(),
        "token": _token(request),
    }
    wrong = problem or given.unanswered
    status = 422 if wrong else 200
    return page(
        request, "questions.html", facts | {"wrong": wrong}, form=True, again="public:link", status=status
    )


def _token(request: HttpRequest) -> str:
    match = request.resolver_match
    return str(match.kwargs["token"]) if match else ""
