"""The cast of these tests."""

import pytest

from tests.customers.conftest import House, build_house


@pytest.fixture
def house(db: None) -> House:
    return build_house()
