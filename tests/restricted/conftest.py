"""People enrolled on the restricted host, and a value that lies there."""

import pytest

from tests.access.cast import Cast
from tests.access.conftest import cast
from tests.restricted.house import House

__all__ = ["cast"]


@pytest.fixture
def house(cast: Cast) -> House:
    return House(cast)
