"""The cast, and the shipped facts that a transactional test's flush takes away."""

import pytest

from tests.access.cast import Cast, now


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> Cast:
    """The cast; in a test whose transactions are real, after what the last flush took is back."""
    from access.shipped import install_budgets, install_shipped
    from audit.shipped import install_hours, install_limits
    from classification.services import install_shipped as install_catalogue
    from lawbook.shipped import install_shipped as install_facts

    marker = request.node.get_closest_marker("django_db")
    assert marker is not None, "a test with a cast says which databases it uses"
    request.getfixturevalue("_django_db_helper")
    if marker.kwargs.get("transaction"):
        install_facts()
        install_catalogue()
        install_shipped()
        install_budgets()
        install_limits()
        install_hours()
    return Cast(now())
