import datetime

import pytest

from kinds.base import Invalid
from kinds.registry import get

DATE = get("date")
TODAY = {"today": datetime.date(2026, 11, 21), "past": True}


@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-21", "2026/11/21", "2026.11.21", "20261121", "2026年11月21日", "2026年11月21号", "2026 年 11 月 21 日",
        "２０２６年１１月２１日", "2026-11-21 00:00:00", "2026-11-21T08:30", "2026/11/21 8:30:15.123", "2026–11–21",
        "20261121.0", "2026 - 11 - 21",
    ],
)  # fmt: skip
def test_stores_iso_dates(typed):
    assert DATE.clean(typed, TODAY) == "2026-11-21"
    assert DATE.normalise(typed) == "2026-11-21"
    assert DATE.detect(typed)


def test_fills_up_single_digits():
    assert DATE.clean("2026年1月5日") == "2026-01-05"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2026-02-30", "not_a_date"),
        ("2026-13-01", "not_a_date"),
        ("0001-01-01", "not_a_date"),
        ("46347", "not_a_date"),
        ("昨天", "not_a_date"),
        ("21/11/2026", "ambiguous_date"),
        ("11-21-2026", "ambiguous_date"),
        ("26-11-21", "two_digit_year"),
        ("26年11月21日", "two_digit_year"),
        ("2026-11-22", "future_date"),
        ("2.02611E+07", "rounded_by_excel"),
        ("٢٠٢٦-١١-٢١", "foreign_digits"),
    ],
)
def test_refuses_what_is_no_date(typed, code):
    with pytest.raises(Invalid) as refused:
        DATE.clean(typed, TODAY)
    assert refused.value.code == code


def test_takes_future_dates_unless_the_field_forbids_them():
    assert DATE.clean("2030-01-01", {"today": datetime.date(2026, 11, 21)}) == "2030-01-01"


def test_shows_the_year_alone():
    assert DATE.mask("2026-11-21") == "2026-**-**"
    assert DATE.view("2026-11-21", "year") == "2026"
    assert DATE.derive("2026-11-21") == {"year": "2026"}
    assert DATE.mask("something") == "***"
