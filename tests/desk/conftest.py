"""The cast of access, at work in the desk."""

from tests.access.conftest import cast

__all__ = ["cast"]
