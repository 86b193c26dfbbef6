"""Come in, go out, enrol. Everything else wants a session of this host."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from fido2.utils import websafe_encode

from desk.pictures import qr_of
from desk.restricted.forms import Enrol, Login
from desk.restricted.pages import logged_in, page
from desk.restricted.visit import RestrictedRequest, Visit
from restricted import demo, totp
from restricted.attempts import TooMany
from restricted.services import enrolments, sessions
from restricted.services.enrolments import EnrolmentRefused
from restricted.services.sessions import LoginRefused
from restricted.words import ended_words, enrolment_words, login_words
from staff import acting

ISSUER = "custinfo L4"


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def login(request: Visit) -> HttpResponse:
    """Log in with the main site's password and a code of the app enrolled here."""
    if request.method == "GET":
        ended = request.GET.get("ended", "")
        return _login_page(request, said=ended_words(ended) if ended else "")
    form = Login(request.POST)
    if not form.is_valid():
        return _login_page(request, wrong=login_words(""), status=422)
    given = form.cleaned_data
    by, at = acting.visitor(request.client_ip), request.at
    try:
        token = sessions.log_in(given["number"], given["password"], given["code"], by=by, at=at)
    except LoginRefused as refused:
        return _login_page(request, wrong=login_words(refused.code), status=422)
    answer = HttpResponseRedirect(_after(request))
    answer.set_cookie(
        settings.RESTRICTED_COOKIE, token, secure=settings.PRODUCTION, httponly=True, samesite="Lax"
    )
    return answer


@logged_in("POST")
def logout(request: RestrictedRequest) -> HttpResponse:
    """Log out; nothing of it stays in the browser."""
    sessions.log_out(request.going, by=request.actor, at=request.at)
    answer = HttpResponseRedirect(f"{reverse('restricted:login')}?ended=out")
    answer.delete_cookie(settings.RESTRICTED_COOKIE)
    answer["Clear-Site-Data"] = '"cache"'
    return answer


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def enrol(request: Visit) -> HttpResponse:
    """Enrol an app with the code that a custodian handed over; the first code of the app completes it."""
    form = Enrol(request.POST if request.method == "POST" else None)
    if request.method == "GET":
        return page(request, "enrol.html", {})
    if not form.is_valid():
        return page(request, "enrol.html", {"wrong": enrolment_words("")}, status=422)
    given = form.cleaned_data
    who = (given["number"], given["handed"], given["password"])
    by, at = acting.visitor(request.client_ip), request.at
    try:
        if given["code"]:
            enrolments.finish(*who, given["code"], by=by, at=at)
            return page(request, "enrolled.html", {})
        begun = enrolments.begin(*who, by=by, at=at)
    except (EnrolmentRefused, TooMany) as refused:
        why = refused.code if isinstance(refused, EnrolmentRefused) else "too_many"
        return page(request, "enrol.html", {"wrong": enrolment_words(why)}, status=422)
    picture = qr_of(totp.address(begun.secret, number=begun.number, issuer=ISSUER))
    new_key = websafe_encode(begun.person.bytes)
    facts = {"given": given, "secret": begun.secret, "picture": picture, "new_key": new_key}
    return page(request, "enrol_app.html", facts)


def _login_page(request: Visit, *, said: str = "", wrong: str = "", status: int = 200) -> HttpResponse:
    facts: dict[str, Any] = {"said": said, "wrong": wrong, "after": _after(request)}
    if settings.DEMO:
        accounts = demo.accounts(request.at)
        picked = request.GET.get("as", "")
        facts |= {"accounts": accounts, "password": demo.PASSWORD}
        facts["picked"] = next((one for one in accounts if one.number == picked), None)
    return page(request, "login.html", facts, status=status)


def _after(request: Visit) -> str:
    """Return the page of this host that was asked for, never another site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    inside = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if inside else reverse("restricted:home")
