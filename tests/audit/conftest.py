"""The cast of access, audited; and a department at work."""

import pytest

from tests.access.conftest import cast
from tests.audit.scene import Scene

__all__ = ["cast"]


@pytest.fixture
def scene():
    return Scene()
