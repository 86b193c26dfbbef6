"""The facts of events in words."""

import pytest

from desk.fact_names import FACTS
from desk.facts import Vocabulary, facts_of
from tests.access.cast import Cast
from trail import vocabulary
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def test_every_fact_has_a_name() -> None:
    facts = {
        fact
        for kind in vocabulary.every_kind()
        if not kind.code.startswith(("test.", "tests."))
        for fact in kind.facts
    }
    assert facts <= set(FACTS), facts - set(FACTS)


def said(cast: Cast, **facts) -> dict[str, tuple[str, bool]]:
    words = Vocabulary(cast.at)
    return {fact.name: (fact.said, fact.is_code) for fact in facts_of(Event(facts=facts), words)}


def test_codes_become_words(cast) -> None:
    agent = cast.agent()
    found = said(
        cast, field="mobile", level=3, missing=["contact", "reason"], right=True, person=str(agent.id)
    )
    assert found["信息项"] == ("L3-手机号码", False)
    assert found["级别"] == ("L3", False)
    assert found["缺少的条件"] == ("进行中的服务接触、填写事由", False)
    assert found["一致"] == ("是", False)
    assert agent.name in found["人员"][0]


@pytest.mark.parametrize(
    "how", ["list", "recent", "search.any", "search.mobile", "search.last_four", "mobile"]
)
def test_a_way_of_searching_has_words(cast, how) -> None:
    ((words, is_code),) = said(cast, how=how).values()
    assert words != how
    assert not is_code


def test_a_pointer_to_sealed_words_says_so_without_its_id(cast) -> None:
    assert said(cast, reason="4f6f6e7c-0000-4000-8000-000000000000") == {"理由": ("已填写，加密封存", False)}


def test_what_has_no_words_stays_as_it_is(cast) -> None:
    found = said(cast, hash="abc123", strange="thing", person="nobody")
    assert found["strange"] == ("thing", True)
    assert ("abc123", True) in found.values()
    assert ("nobody", True) in found.values()


def test_empty_facts_are_left_out(cast) -> None:
    assert said(cast, reason="", missing=[], portfolio=None) == {}
