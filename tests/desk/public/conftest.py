"""The public pages on the test database, and a link that somebody at the desk has made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.core.cache import cache
from django.test import Client

from consent import links
from consent.services import links as making
from tests.access.cast import Cast
from tests.access.conftest import cast
from tests.consent.builders import Answering, published
from tests.database import APP, PUBLIC, log_in_as
from trail.services import clock
from vault.transform import check_code_of

HELD = "154 0000 0018"
"""What the customer types; the desk holds it without spaces."""
__all__ = ["cast"]
Make = Callable[..., str]


@pytest.fixture
def public(settings) -> Client:
    """A browser that opens the public pages."""
    settings.ROOT_URLCONF = "custinfo.public_urls"
    settings.MIDDLEWARE = settings.PUBLIC_MIDDLEWARE
    settings.UPLOAD_MAX_BYTES = settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
    settings.CSRF_FAILURE_VIEW = "desk.public.views.errors.no_csrf"
    cache.clear()
    return Client(headers={"User-Agent": "a phone"})


@contextmanager
def as_public() -> Iterator[None]:
    """Be the public role, as the public process is."""
    log_in_as(PUBLIC)
    try:
        yield
    finally:
        log_in_as(APP)


@pytest.fixture
def desk(cast: Cast) -> Answering:
    """Somebody at the desk, a published notice, and a customer."""
    return Answering(published(cast.at, "service", "marketing"), cast.agent())


@pytest.fixture
def make(desk) -> Make:
    """Make a link to both purposes and return its token."""

    def link(*, takes_file: bool = False, ago=None) -> str:
        at = clock() - ago if ago else clock()
        token = links.new_token()
        mac = check_code_of("mobile", "15400000018", links.check_key(token))
        names = {"en": "mobile number", "zh-hans": "手机号码"}
        making.make(
            token,
            desk.exposed,
            version=desk.version,
            purposes=("service", "marketing"),
            language="en",
            check=making.Check(field="mobile", kind="mobile", names=names, mac=mac),
            via="print",
            takes_file=takes_file,
            by=desk.by,
            at=at,
        )
        return token

    return link
