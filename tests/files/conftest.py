"""People who put files and texts."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.utils import timezone

from trail.actor import Actor


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def ann() -> Actor:
    return Actor(id=uuid4(), number="1001", name="Ann", department="service")
