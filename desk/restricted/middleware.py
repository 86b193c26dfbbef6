"""Before every page of the restricted host: never cached, only from the zone, and who acts."""

import ipaddress
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from desk.restricted.views import errors
from desk.restricted.visit import Visit
from restricted import events
from restricted.services import sessions
from staff import acting
from trail import services as trail
from trail.services import TrailUnavailable
from vault.away import KeysAway, ProviderLost
from vault.holding.client import Refused
from vault.keyfiles import BadKeyFile

Handler = Callable[[HttpRequest], HttpResponseBase]


class Answers:
    """Middleware: headers of every answer, and the pages for a trail or keys that do not answer."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        # SECURITY: one value, once; no cache keeps it and no other site learns the address.
        answer["Cache-Control"] = "no-store, private"
        answer["Referrer-Policy"] = "same-origin"
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, (BadKeyFile, Refused)):
            exception = ProviderLost(str(exception))
        if isinstance(exception, KeysAway):
            return errors.keys_away(request, exception)
        return errors.unavailable(request) if isinstance(exception, TrailUnavailable) else None


def answers(get_response: Handler) -> Answers:
    """Make the middleware."""
    return Answers(get_response)


def zone(get_response: Handler) -> Handler:
    """Answer only addresses of this host's zone (S0-26); others are recorded and told so."""
    networks = [ipaddress.ip_network(one) for one in settings.RESTRICTED_NETWORKS]

    def middleware(request: HttpRequest) -> HttpResponseBase:
        ip = cast(Visit, request).client_ip
        # SECURITY: the address that the outermost trusted proxy saw; no claim of the client's.
        inside = ip is not None and any(ipaddress.ip_address(ip) in network for network in networks)
        if inside:
            return get_response(request)
        try:
            trail.record(events.OUTSIDE, by=acting.visitor(ip), at=trail.clock())
        except TrailUnavailable:
            return errors.unavailable(request)
        return errors.outside(request)

    return middleware


def session(get_response: Handler) -> Handler:
    """Set `request.at`, `request.actor` and `request.going` (None without a login); end what may not go on."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        visit = cast(Visit, request)
        visit.actor = visit.going = None
        token, ended = request.COOKIES.get(settings.RESTRICTED_COOKIE, ""), ""
        try:
            visit.at = at = trail.clock()
            if token:
                going, ended = sessions.go_on(token, ip=visit.client_ip, at=at)
                if going is not None:
                    visit.actor, visit.going = going.actor, going.session
        except TrailUnavailable:
            return errors.unavailable(request)
        if not ended:
            return get_response(request)
        answer = HttpResponseRedirect(f"{reverse('restricted:login')}?ended={ended}")
        answer.delete_cookie(settings.RESTRICTED_COOKIE)
        return answer

    return middleware
