"""Public pages for what goes wrong. None says whether a customer, a link or a receipt exists."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trail.services import TrailUnavailable


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that no page has."""
    return said(404, _("There is no such page"), _("Check the address, or start from the list of notices."))


def over(request: HttpRequest) -> HttpResponse:
    """Answer a link or receipt that leads nowhere: never there, expired, used, tried too often. All look the same."""
    words = _(
        "It may have expired, been used already, or been typed wrongly. Ask whoever sent it for a new one."
    )
    return said(404, _("This link does not work"), words)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what is refused for another reason."""
    return said(403, _("Refused"), _("Nothing was done."))


def no_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old; nothing was done."""
    words = _(
        "Your browser does not accept cookies, or the page was open for too long. Nothing was recorded."
    )
    return said(403, _("The form was not accepted"), f"{words} {_('Open your link again.')}")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what cannot be understood."""
    return said(400, _("The request cannot be read"), _("Nothing was done."))


def no_length(request: HttpRequest) -> HttpResponse:
    """Answer a body whose length nobody says."""
    return said(411, _("The request cannot be read"), _("Nothing was done."))


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer a body that is too large; none of it was read."""
    words = _(
        "A file may have 10 MB at most. Nothing was recorded; open your link again with a smaller file."
    )
    return said(413, _("The file is too large"), words)


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """Answer whoever asks too often."""
    minutes = max(1, -(-seconds // 60))
    words = ngettext("Try again in %(n)s minute.", "Try again in %(n)s minutes.", minutes) % {"n": minutes}
    answer = said(429, _("Asked too often"), words)
    answer["Retry-After"] = str(seconds)
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a failure; a trail that does not answer has its own page, wherever it was noticed."""
    if isinstance(sys.exc_info()[1], TrailUnavailable):
        return unavailable(request)
    words = _("Something failed on our side. Nothing that was not confirmed has been recorded.")
    return said(500, _("This did not work"), words)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer while the trail cannot record: nothing is done that cannot be recorded."""
    words = _("We cannot record your answer at the moment, so nothing was done. Try again in a few minutes.")
    return said(503, _("Not possible at the moment"), words)


def said(status: int, title: str, words: str) -> HttpResponse:
    """Answer with one page in words; it asks nothing of the database."""
    body = render_to_string("public/error.html", {"title": title, "words": words})
    headers = {"Cache-Control": "no-store, private", "Referrer-Policy": "no-referrer"}
    return HttpResponse(body, status=status, headers=headers)
