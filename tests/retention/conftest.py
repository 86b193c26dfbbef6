"""The house of the tests of customers serves here, too."""

from collections.abc import Iterator

import pytest

from tests.customers.conftest import House, committed_house, house
from tests.database import APP, WORKER, log_in_as

__all__ = ["committed_house", "house", "worker_house"]


@pytest.fixture
def worker_house(committed_house: House) -> Iterator[House]:
    """The house, seen by the worker: its role alone destroys keys and writes the journal."""
    log_in_as(WORKER)
    yield committed_house
    log_in_as(APP)
