"""The outermost word on every answer: never cached, and every refusal a page in words.

No page of this site may lie in a browser's cache. What services raise on purpose becomes a page here: a
second factor that is missing, a budget that is used up, a trail that does not answer, a sealed site, a page that is
closed to a role.
"""

from collections.abc import Callable
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from access.services.budgets import OverBudget
from desk import kept
from desk.permission import PageClosed
from desk.views import budgets, errors
from staff.step_up import StepUpNeeded
from trail.services import TrailUnavailable
from vault.away import KeysAway

Handler = Callable[[HttpRequest], HttpResponseBase]


class Answers:
    """Middleware: headers of every answer, and pages for what views raise."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        # SECURITY: customer values never stay in a cache, neither the browser's nor a proxy's.
        answer["Cache-Control"] = "no-store, private"
        if logged_out(request, answer):
            answer["Clear-Site-Data"] = '"cache", "storage"'
        if answer.status_code >= 500 and request.headers.get("HX-Request") and "X-Words" not in answer:
            answer["X-Words"] = quote(errors.words_for(answer.status_code))
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, StepUpNeeded):
            return step_up(request)
        if isinstance(exception, OverBudget):
            return budgets.over(request, exception)
        if isinstance(exception, TrailUnavailable) or errors.database_is_gone(exception):
            return errors.unavailable(request)
        if isinstance(exception, KeysAway):
            return errors.keys_away(request, exception)
        if isinstance(exception, PageClosed):
            return errors.closed(request, exception)
        if isinstance(exception, Http404) and request.headers.get("HX-Request"):
            return errors.fragment(request, 404, _("There is nothing here for you."))
        return None


def answers(get_response: Handler) -> Answers:
    """Make the middleware."""
    return Answers(get_response)


def step_up(request: HttpRequest) -> HttpResponse:
    """Keep what was sent and ask for the second factor; a part of a page asks in a dialog instead."""
    page = reverse("desk:step_up")
    if request.headers.get("HX-Request") or request.headers.get("X-Dialog"):
        return HttpResponse(status=401, headers={"X-Step-Up": page})
    kept.keep(request)
    return HttpResponse(status=303, headers={"Location": page})


def logged_out(request: HttpRequest, answer: HttpResponseBase) -> bool:
    """Tell whether this answer ends a login."""
    match = request.resolver_match
    return (
        match is not None
        and match.view_name == "account_logout"
        and request.method == "POST"
        and answer.status_code < 400
    )
