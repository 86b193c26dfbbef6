"""Where a request comes from. It is decided once, here, on the server; the public process uses it as well."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Handler = Callable[[HttpRequest], HttpResponseBase]

DROPPED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
)


def client_address(get_response: Handler) -> Handler:
    """Set `request.client_ip` and REMOTE_ADDR from the configured number of proxies; drop the headers.

    allauth, auditlog, limits and events read the same address from here on.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        ip = _address(request, settings.TRUSTED_PROXY_COUNT)
        # SECURITY: whatever a client claims about its address is gone before anything else reads it.
        for header in DROPPED:
            request.META.pop(header, None)
        if not settings.TRUSTED_PROXY_COUNT:
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        request.__dict__.pop("headers", None)
        request.META["REMOTE_ADDR"] = ip or ""
        request.client_ip = ip  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def _address(request: HttpRequest, proxies: int) -> str | None:
    """Return the address that the outermost trusted proxy saw; None rather than a claim."""
    if proxies:
        passed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        said = passed[-proxies].strip() if len(passed) >= proxies else ""
    else:
        said = request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(said.partition("%")[0])
    except ValueError:
        return None
    # A proxy that listens on both families writes ::ffff:10.1.2.3 for an address of an office 10.1.0.0/16.
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
