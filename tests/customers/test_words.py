"""Every code has words in both languages, the same English ones as below."""

import pytest
from django.utils import translation

from classification.words import KINDS, kind_words
from customers.services.records import SOURCES as KNOWN_SOURCES
from customers.words import FILES, OWN, SOURCES, VALUES, problem_words
from documents.problems import PROBLEMS as FILE_PROBLEMS
from kinds.problems import PROBLEMS as VALUE_PROBLEMS
from kinds.registry import every_kind


def english(words):
    with translation.override("en"):
        return {code: str(text) for code, text in words.items()}


def test_has_words_for_every_code():
    assert english(VALUES) == dict(VALUE_PROBLEMS)
    assert english(FILES) == dict(FILE_PROBLEMS)
    assert set(KINDS) == {kind.code for kind in every_kind()}
    assert set(SOURCES) == set(KNOWN_SOURCES)


@pytest.mark.parametrize("code", sorted({*VALUES, *FILES, *OWN}))
def test_speaks_chinese(code):
    with translation.override("zh-hans"):
        words = problem_words(code, {"kinds": ["mobile"], "kind": "mobile", "choices": ["甲"]})
    assert any("\u4e00" <= character <= "\u9fff" for character in words)


def test_names_kinds_and_lists_in_words():
    with translation.override("zh-hans"):
        assert "手机号码" in problem_words("holds_higher", {"kinds": ["mobile"], "level": 2})
        assert "甲、乙" in problem_words("not_a_choice", {"choices": ["甲", "乙"]})
        assert kind_words("uscc") == "统一社会信用代码"


def test_a_missing_parameter_or_code_breaks_nothing():
    assert problem_words("too_long", {})
    assert "strange" in problem_words("strange")
