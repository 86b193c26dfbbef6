"""Pages of the restricted host for what goes wrong. None says whether a value exists."""

import sys

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from restricted.words import away_words
from trail.services import TrailUnavailable
from vault.away import KeysAway, Sealed


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere, and what is none of this person's business: both look the same."""
    words = _("It may have been destroyed, or it is not yours to see. Start again from the customer's page.")
    return said(404, _("There is nothing here"), words)


def outside(request: HttpRequest) -> HttpResponse:
    """Answer an address outside the zone of this host (S0-26)."""
    words = _("These pages answer only inside the network zone that was set up for them. This was recorded.")
    return said(403, _("Not from here"), words)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what is refused for another reason."""
    return said(403, _("Refused"), _("Nothing was done."))


def no_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old; nothing was done."""
    words = _("Your browser does not accept cookies, or the page was open for too long. Nothing was done.")
    return said(403, _("The form was not accepted"), words)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what cannot be understood."""
    return said(400, _("The request cannot be read"), _("Nothing was done."))


def damaged(request: HttpRequest) -> HttpResponse:
    """Answer for a value that does not open."""
    words = _(
        "It was changed or damaged where it lies. The data security officer finds the attempt in the trail."
    )
    return said(409, _("This value cannot be opened"), words)


def no_copy(request: HttpRequest) -> HttpResponse:
    """Answer for a file of which no stamped copy can be made."""
    words = _(
        "It is damaged, protected by a password, or far larger than it looks, so no copy with your name can be made "
        "of it. Nothing of it was shown."
    )
    return said(409, _("This file cannot be shown"), words)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a failure; a trail that does not answer has its own page, wherever it was noticed."""
    if isinstance(sys.exc_info()[1], TrailUnavailable):
        return unavailable(request)
    return said(500, _("This did not work"), _("Something failed on our side. Nothing was shown."))


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer while the trail cannot record: no event, no value (law 3)."""
    words = _("The audit trail does not answer, so nothing can be shown now. Try again in a moment.")
    return said(503, _("Not possible at the moment"), words)


def keys_away(request: HttpRequest, away: KeysAway) -> HttpResponse:
    """Answer while no key can be used: this host is sealed, or whoever keeps its key has it not."""
    title = _("The restricted site is sealed") if isinstance(away, Sealed) else _("The key cannot be reached")
    return said(503, title, away_words(away, settings.RESTRICTED_KEK_PROVIDER))


def said(status: int, title: str, words: str) -> HttpResponse:
    """Answer with one page in words; it asks nothing of the database."""
    body = render_to_string("restricted/error.html", {"title": title, "words": words})
    return HttpResponse(body, status=status, headers={"Cache-Control": "no-store, private"})
