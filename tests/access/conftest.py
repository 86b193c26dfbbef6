"""The cast."""

import pytest

from tests.access.cast import Cast, now


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> Cast:
    """The cast, in the databases that the test says it uses."""
    assert request.node.get_closest_marker("django_db") is not None, "a test with a cast says so"
    request.getfixturevalue("_django_db_helper")
    return Cast(now())
