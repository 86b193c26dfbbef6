"""How many customers hold each field."""

from datetime import timedelta

import pytest

from customers.holders import KEPT, count_holders, recent_holders
from tests.access.conftest import cast

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
__all__ = ["cast"]


def test_counts_both_documents_in_one_query(cast, django_assert_num_queries):
    cast.customer()
    cast.customer(city="示例市")
    with django_assert_num_queries(1):
        found = count_holders(cast.at)
    assert found.at == cast.at
    assert {code: found.customers[code] for code in ("full_name", "mobile", "city")} == {
        "full_name": 2,
        "mobile": 2,
        "city": 1,
    }
    assert "passport" not in found.customers


def test_counts_again_after_ten_minutes(cast, django_assert_num_queries):
    count_holders(cast.at)
    cast.customer()
    with django_assert_num_queries(0):
        kept = recent_holders(cast.at + KEPT - timedelta(seconds=1))
    assert (kept.at, kept.customers) == (cast.at, {})
    fresh = recent_holders(cast.at + KEPT)
    assert (fresh.at, fresh.customers["mobile"]) == (cast.at + KEPT, 1)


def test_knows_no_count_of_a_later_time(cast):
    count_holders(cast.at + timedelta(minutes=1))
    assert recent_holders(cast.at).at == cast.at
