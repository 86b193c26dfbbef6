"""How often an address, or whoever holds one link, may ask. Counted in the cache; uncounted is refused.

The tries of a check are counted in the database as well, so a full or cleared cache gives nobody a fourth try.
"""

import ipaddress
import time
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError

SECONDS = 600
View = Callable[..., HttpResponse]


class TooMany(Exception):
    """Asked too often; `seconds` until it may be tried again."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


def limited(what: str, *, per_address: int, per_link: int = 0) -> Callable[[View], View]:
    """Let a view answer so many times in ten minutes to one address and, where given, to one link's token.

    Phones share addresses by the thousand, so the first number is generous.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            count(what, network(request.client_ip), per_address)  # type: ignore[attr-defined]
            if per_link:
                count(what, kwargs["token"], per_link)
            return view(request, *args, **kwargs)

        return counted

    return decorate


def count(what: str, whose: str, most: int) -> None:
    """Count one more.

    :raises TooMany: when it is more than `most` in this span of ten minutes, or nobody can count.
    """
    span, passed = divmod(int(time.time()), SECONDS)
    # SECURITY: a hash, because neither addresses nor tokens have a place in a cache.
    key = f"public:{what}:{sha256(whose.encode()).hexdigest()[:32]}:{span}"
    try:
        cache.add(key, 0, SECONDS + 60)
        found = cache.incr(key)
    except (RedisError, OSError, ValueError):
        raise TooMany(60) from None
    if found > most:
        raise TooMany(SECONDS - passed)


def network(ip: str | None) -> str:
    """Return what counts as one address: of IPv6, the 64 bits that one household gets."""
    if ip is None:
        return "unknown"
    address = ipaddress.ip_address(ip)
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
