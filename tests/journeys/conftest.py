"""A firm for each journey. Journeys commit what they do: a test case's transaction hides that one is missing."""

import pytest

from tests.access.cast import Cast
from tests.access.conftest import cast
from tests.journeys.firm import Firm

__all__ = ["cast"]


@pytest.fixture
def firm(cast: Cast) -> Firm:
    return Firm(cast)
