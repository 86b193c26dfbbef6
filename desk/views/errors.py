"""Pages for what goes wrong: what happened, what is kept, what to do. None shows a value or a trace."""

import sys
from urllib.parse import quote

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from desk.permission import PageClosed
from desk.templatetags.desk import listed
from staff.permissions import roles_with
from staff.roles import NAMES
from trail.services import TrailUnavailable
from vault.away import KeysAway, OlderKey, Sealed

GONE = ("08", "53300", "57P")
"""SQLSTATEs of a database that went away: connection lost, too many connections, shut down or starting."""


def closed(request: HttpRequest, refusal: PageClosed) -> HttpResponse:
    """Answer a page that this person's roles do not open, and say whose do."""
    roles = listed([str(NAMES[role]) for role in roles_with(refusal.permission)])
    words = _("This page is open to: %(roles)s.") % {"roles": roles}
    if request.headers.get("HX-Request"):
        return fragment(request, 403, words)
    return page(
        request,
        403,
        _("Not open to your role"),
        words,
        _("If your work needs it, ask your department head for a role."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what is refused for another reason."""
    if isinstance(exception, PageClosed):
        return closed(request, exception)
    return page(request, 403, _("Refused"), _("You may not do this."), "")


def no_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old; nothing was done."""
    words = _("The page was open for too long, or cookies are switched off.")
    return page(
        request, 403, _("The form was not accepted"), words, _("Go back, reload the page and send it again.")
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what cannot be understood."""
    if database_is_gone(exception):  # Django takes a session that cannot be saved for one that was deleted
        return unavailable(request)
    return page(request, 400, _("The request cannot be read"), _("Nothing was done."), "")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what does not exist and what this person may not see: the same words for both."""
    words = _("It does not exist, or it is not within your reach. Both look the same on purpose.")
    return page(request, 404, _("There is nothing here for you"), words, "")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a failure; a trail that does not answer has its own page, wherever it was noticed."""
    error = sys.exc_info()[1]
    if isinstance(error, TrailUnavailable) or database_is_gone(error):
        return unavailable(request)
    words = _("Something failed on our side. Nothing that was not confirmed has been done.")
    return page(
        request,
        500,
        _("This did not work"),
        words,
        _("Try again; if it happens again, report it."),
        bare=True,
    )


def database_is_gone(error: BaseException | None) -> bool:
    """Tell whether a database went away under a request: an outage, and no fault of what was asked."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            state = getattr(error.__cause__, "sqlstate", None)
            if not state or state.startswith(GONE):
                return True
        error = error.__cause__ or error.__context__
    return False


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer while the trail cannot record: nothing is shown that cannot be recorded."""
    return page(request, 503, _("Audit unavailable"), words_for(503), _("Try again in a minute."), bare=True)


def keys_away(request: HttpRequest, away: KeysAway) -> HttpResponse:
    """Answer while no key can be used: the site is sealed, or who keeps the key does not answer."""
    title, words = words_of(away)
    answer = page(request, 503, title, words, _("Nothing is lost. Try again once the keys are back."))
    answer["X-Words"] = quote(f"{title}. {words}")
    return answer


def words_of(away: KeysAway) -> tuple[str, str]:
    """Return the title and the words for keys that are away."""
    if isinstance(away, Sealed):
        if away.needed:
            words = _(
                "%(brought)d of %(needed)d shares are in. Values open again when enough custodians have come."
            )
            return _("The site is sealed"), words % {"brought": away.brought, "needed": away.needed}
        return _("The site is sealed"), _("No value opens until the keys have been brought again.")
    if isinstance(away, OlderKey):
        words = _(
            "What is served is older than the keyring. The custodians bring the newest key to this host."
        )
        return _("An older key is served"), words
    return _("The key cannot be reached"), _("Who keeps the key on this host does not answer.")


def words_for(status: int) -> str:
    """Return one sentence for an answer that the server could not give."""
    if status == 503:
        return _(
            "The access trail cannot record at the moment. Nothing is shown or done that cannot be recorded."
        )
    return _("Something failed on our side. Nothing that was not confirmed has been done.")


def fragment(request: HttpRequest, status: int, words: str) -> HttpResponse:
    """Answer a part of a page with a refusal that fits into it."""
    return HttpResponse(render_to_string("desk/_refused.html", {"title": words}, request), status=status)


def page(
    request: HttpRequest, status: int, title: str, words: str, next_step: str, *, bare: bool = False
) -> HttpResponse:
    """Answer with one page in words. A bare page asks nothing of the database, which may have failed."""
    if not bare and request.headers.get("HX-Request"):
        return fragment(request, status, f"{title} {words}")
    try:
        home = reverse("desk:home")
    except NoReverseMatch:
        home = "/"
    facts = {"status": status, "title": title, "words": words, "next_step": next_step, "home": home}
    inside = not bare and getattr(request, "actor", None) is not None
    template = "desk/errors/inside.html" if inside else "desk/errors/page.html"
    body = render_to_string(template, facts, None if bare else request)
    return HttpResponse(body, status=status, headers={"Cache-Control": "no-store, private"})
