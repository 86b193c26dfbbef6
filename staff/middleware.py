"""Who acts in a request. It is decided once, here, on the server."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import logout
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from staff import acting
from staff.events import LOCKED, SESSION_ENDED
from staff.queries import UNDERTAKING, Standing
from staff.services import sessions
from trail import services as trail

Handler = Callable[[HttpRequest], HttpResponseBase]

ALWAYS = frozenset({"account_logout", "desk:language", "desk:session_state", "set_language"})
OPEN_WHILE = {
    acting.LOCKED: ALWAYS | {"desk:lock", "desk:unlock"},
    acting.FACTOR: ALWAYS | {"desk:step_up", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"},
    acting.OLD_PASSWORD: ALWAYS
    | {"account_change_password", "desk:step_up", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"},
}
"""What answers while a session may not go on; everything else is refused by the server."""
OPEN_UNSIGNED = ALWAYS | {"desk:undertaking", "desk:step_up", "desk:lock", "admin:jsi18n"}
"""What of the workbench answers before the undertaking was signed or put off."""
PAGES = {
    acting.LOCKED: "desk:lock",
    acting.FACTOR: "desk:step_up",
    acting.OLD_PASSWORD: "account_change_password",
}


def acting_person(get_response: Handler) -> Handler:
    """Set `request.at` (the database's clock), `request.actor` (None without a login) and `request.facts`.

    Leavers, expired, frozen, over-long, idle and half logged-in sessions are stopped here, from facts alone: roles,
    freezes and dates are read anew for each request.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        try:
            stopped = _settled(request)
        except trail.TrailUnavailable:
            # SECURITY: who cannot be recorded does not act.
            words = _("The audit trail does not answer, so nothing can be done now. Try again in a moment.")
            return HttpResponse(words, status=503, content_type="text/plain; charset=utf-8")
        return stopped or get_response(request)

    return middleware


def _settled(request: HttpRequest) -> HttpResponse | None:
    """Set who acts; return the answer for a session that may not go on, or None."""
    request.actor = request.facts = None  # type: ignore[attr-defined]
    found = _standing(request)
    request.at = at = found.at if found else trail.clock()  # type: ignore[attr-defined]
    if found is None:
        return None
    facts = acting.facts_of(request.session, found.person)
    actor = acting.actor_of(found, ip=request.client_ip, facts=facts)  # type: ignore[attr-defined]
    stopped = acting.verdict(facts, found, at=at)
    if stopped in acting.ENDED:
        trail.record(SESSION_ENDED, by=actor, at=at, facts={"why": stopped})
        logout(request)
        return _ended(request, stopped)
    if stopped == acting.LOCKED and facts and facts.locked_at is None:
        trail.record(LOCKED, by=actor, at=at, facts={"why": "idle"})
        acting.lock(request.session, found.person, at=at)
    request.actor, request.facts, request.stopped = actor, facts, stopped  # type: ignore[attr-defined]
    request.session_began_at = facts.login_at if facts else at  # type: ignore[attr-defined]
    if stopped:
        return None if _name(request) in OPEN_WHILE[stopped] else _stopped(request, stopped)
    noted = acting.see(request.session, found.person, at=at)
    sessions.keep_listed(request, noted=noted)
    _lend(request)
    return _unsigned(request, found, facts)


def _unsigned(request: HttpRequest, found: Standing, facts: acting.Facts | None) -> HttpResponse | None:
    """Lead whoever has no valid undertaking to it, before any other page of this login.

    Only whole pages are led there: what was sent goes through, and the policy shows masks.
    """
    if found.lacking != UNDERTAKING or (facts is not None and facts.put_off_at is not None):
        return None
    name = _name(request)
    if not name.startswith(("desk:", "admin:")) or name in OPEN_UNSIGNED:
        return None
    if request.method not in {"GET", "HEAD"} or _in_place(request):
        return None
    return HttpResponseRedirect(f"{reverse('desk:undertaking')}?next={quote(request.path)}")


def _standing(request: HttpRequest) -> Standing | None:
    """Return what the session's person is at the database's time; None where there is no such person.

    :raises trail.services.TrailUnavailable: the database does not answer.
    """
    try:
        person = request.user
        return person.standing if person.is_authenticated else None
    except Error:
        raise trail.TrailUnavailable("the database does not answer") from None


def _lend(request: HttpRequest) -> None:
    # Rights of the admin and of templates come from this request's actor and from nowhere else.
    request.user.acting = request.actor  # type: ignore[union-attr, attr-defined]


def _name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


def _ended(request: HttpRequest, why: str) -> HttpResponse:
    page = f"{reverse(settings.LOGIN_URL)}?ended={quote(why)}"
    if _in_place(request):
        return HttpResponse(status=401, headers={"HX-Redirect": page, "X-Session": "ended"})
    return HttpResponseRedirect(page)


def _stopped(request: HttpRequest, why: str) -> HttpResponse:
    """Refuse: a page is sent to where it goes on; a part of a page, or a sent form, is told so and kept."""
    page = _page(why)
    if _in_place(request) or request.method not in {"GET", "HEAD"}:
        words = _words(why)
        headers: dict[str, Any] = {"X-Session": why, "X-Next": page}
        return HttpResponse(words, status=423, content_type="text/plain; charset=utf-8", headers=headers)
    return HttpResponseRedirect(f"{page}?next={quote(request.path)}")


def _page(why: str) -> str:
    return reverse(PAGES[why])


def _words(why: str) -> str:
    if why == acting.LOCKED:
        return _("The screen is locked. What you typed is kept; unlock, then send it again.")
    if why == acting.FACTOR:
        return _("Your role needs a second factor. Give it, then send this again.")
    return _("Your password is too old. Change it, then send this again.")


def _in_place(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request") or request.headers.get("X-Dialog"))
