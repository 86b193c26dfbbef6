"""The cast of access, audited."""

from tests.access.conftest import cast

__all__ = ["cast"]
