"""The cast of access, for those who examine what it did."""

from tests.access.conftest import cast

__all__ = ["cast"]
