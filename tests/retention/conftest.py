"""The house of the tests of customers serves here, too."""

from tests.customers.conftest import committed_house, house

__all__ = ["committed_house", "house"]
