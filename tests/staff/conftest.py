"""A company for each test."""

import pytest

from tests.staff.company import Company


@pytest.fixture
def company(db: None) -> Company:
    return Company()
