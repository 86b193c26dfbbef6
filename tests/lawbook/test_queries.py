"""Facts by date, their words and terms, and which of them should be looked up again."""

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from lawbook.models import MEM, SRC
from lawbook.queries import NoTerm, UnknownFact, fact, to_verify
from lawbook.services import supersede
from lawbook.terms import Term
from trail import services as trail
from trail.actor import Actor

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)
BY = Actor.system("lawbook.test")


def test_gives_the_fact_that_applies_on_the_day() -> None:
    found = fact("network_log_keep", datetime(2025, 6, 1, tzinfo=UTC))
    assert (found.value, found.unit, found.article, found.certainty) == (6, "month", "21", "src")
    assert (found.since, found.until) == (date(2017, 6, 1), date(2026, 1, 1))
    assert fact("network_log_keep", NOW).since == date(2026, 1, 1)


def test_a_fact_begins_with_its_day_in_shanghai() -> None:
    midnight = datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert fact("network_log_keep", midnight).since == date(2026, 1, 1)
    assert fact("network_log_keep", midnight.replace(hour=15, minute=59)).since == date(2017, 6, 1)


@pytest.mark.parametrize(
    ("code", "at"),
    [("no_such_fact", NOW), ("consent_evidence_keep", datetime(2021, 10, 31, 15, tzinfo=UTC))],
)
def test_refuses_what_no_law_said_then(code: str, at: datetime) -> None:
    with pytest.raises(UnknownFact, match=code):
        fact(code, at)


def test_a_fact_that_ended_is_no_fact() -> None:
    ended = replace(fact("account_cancellation", NOW), since=date(2026, 11, 27), until=date(2026, 12, 1))
    supersede(ended, by=BY, at=trail.clock())
    with pytest.raises(UnknownFact):
        fact("account_cancellation", datetime(2026, 12, 2, tzinfo=UTC))


def test_cannot_be_changed_by_its_reader() -> None:
    with pytest.raises(FrozenInstanceError):
        fact("guardian_age", NOW).value = 16  # type: ignore[misc]


def test_speaks_the_readers_language() -> None:
    found = fact("consent_evidence_keep", NOW)
    with translation.override("zh-hans"):
        assert (found.name, found.citation) == ("授权凭证保存期限", "个人信息保护法 56")
        assert "三年" in found.words
    with translation.override("en"):
        assert found.citation == "Personal Information Protection Law (PIPL) 56"
        assert "three years" in found.words


def test_has_a_term_where_it_counts_time() -> None:
    assert fact("officer_filing", NOW).term == Term(30, "working_day")
    with pytest.raises(NoTerm):
        _ = fact("large_handler", NOW).term


def test_says_which_number_is_no_law() -> None:
    assert fact("consent_reask_cooldown", NOW).is_house_rule
    assert not fact("guardian_age", NOW).is_house_rule


def test_lists_what_is_known_from_memory_only() -> None:
    waiting = to_verify(NOW)
    assert {one.certainty for one in waiting} == {MEM}
    assert {"rights_request_answer", "account_cancellation"} <= {one.code for one in waiting}


def test_a_verified_fact_leaves_the_list_and_comes_back_when_that_is_long_ago() -> None:
    verified = replace(
        fact("rights_request_answer", NOW),
        since=date(2026, 11, 26),
        certainty=SRC,
        source="标准全文",
        verified_on=date(2026, 11, 26),
        verified_by="D1001",
    )
    supersede(verified, by=BY, at=trail.clock())
    assert "rights_request_answer" not in {one.code for one in to_verify(NOW)}
    a_year = datetime(2027, 11, 26, 4, tzinfo=UTC)
    assert "rights_request_answer" not in {one.code for one in to_verify(a_year)}
    assert "guardian_age" in {one.code for one in to_verify(a_year)}
    assert "rights_request_answer" in {one.code for one in to_verify(a_year.replace(day=27))}


def test_does_not_ask_for_what_no_longer_applies_or_is_no_law() -> None:
    codes = [(one.code, one.since.year) for one in to_verify(datetime(2036, 1, 1, tzinfo=UTC))]
    assert ("network_log_keep", 2026) in codes
    assert ("network_log_keep", 2017) not in codes
    assert "consent_reask_cooldown" not in {code for code, _year in codes}
