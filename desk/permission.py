"""Who may open which page: `@allowed("customer.find")` on every view of the workbench.

A page that the person's roles do not open at all answers 403 and says which roles do. An object out of the
person's reach is none of this module's business: views fetch from `visible_to(actor)` and answer 404, as for
what never was.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails

from staff.acting import Facts
from staff.permissions import may
from trail.actor import Actor

P = ParamSpec("P")


class DeskRequest(HttpRequest):
    """A request after `staff.middleware.acting_person`: it has a person and the database's time."""

    actor: Actor
    at: datetime
    facts: Facts | None
    client_ip: str | None
    htmx: HtmxDetails


class PageClosed(PermissionDenied):
    """The person's roles do not open this page; `permission` tells which symbol is missing."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


def allowed(
    permission: str, *, methods: Collection[str] | None = None
) -> Callable[
    [Callable[Concatenate[DeskRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Let a view answer only people who hold `permission` (empty: everybody who is logged in).

    `methods` names the methods that the page knows; others are answered with 405.
    :raises PageClosed: the page is closed to this person; the middleware makes the 403 page of it.
    """
    known = {*methods, "HEAD"} if methods and "GET" in methods else set(methods or ())

    def decorate(
        view: Callable[Concatenate[DeskRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor: Actor | None = getattr(request, "actor", None)
            if actor is None:
                return to_login(request)
            # SECURITY: the one gate in front of every page.
            if permission and not may(actor, permission):
                raise PageClosed(permission)
            if known and request.method not in known:
                return HttpResponseNotAllowed(sorted(known))
            return view(cast(DeskRequest, request), *args, **kwargs)

        return guarded

    return decorate


def to_login(request: HttpRequest) -> HttpResponseBase:
    """Send a visitor to the login page and back to this page afterwards; what was typed stays behind."""
    answer = redirect_to_login(request.path if request.method == "GET" else "/")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": answer["Location"]})
    return answer
