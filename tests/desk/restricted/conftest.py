"""The restricted pages on the test databases, and browsers that open them."""

from collections.abc import Callable

import pytest
from django.conf import settings as configured
from django.test import Client

from tests.access.conftest import cast
from tests.restricted.conftest import house
from tests.restricted.house import House
from trail.actor import Actor
from trail.services import clock

__all__ = ["cast", "house"]
Sit = Callable[..., Client]


@pytest.fixture
def pages(settings) -> None:
    """Answer as the restricted process does."""
    settings.ROOT_URLCONF = "custinfo.restricted_urls"
    settings.MIDDLEWARE = settings.RESTRICTED_MIDDLEWARE
    settings.CSRF_FAILURE_VIEW = "desk.restricted.views.errors.no_csrf"


@pytest.fixture
def sit(pages: None, house: House) -> Sit:
    """Sit somebody down at a browser, logged in on the restricted site or not."""

    def down(who: Actor | None = None) -> Client:
        client = Client()
        if who is not None:
            client.cookies[configured.RESTRICTED_COOKIE] = house.logged_in(who, at=clock())
        return client

    return down
