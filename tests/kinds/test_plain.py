import pytest

from kinds.base import Invalid
from kinds.registry import get


def refusal(kind: str, text: str, params) -> Invalid:
    with pytest.raises(Invalid) as refused:
        get(kind).clean(text, params)
    return refused.value


def test_stores_one_line_of_text():
    assert get("text").clean("  a\tb\r\nc\u200b\u0000 ，（ｄ） ", {}) == "a b c ，（d）"


def test_stores_notes_with_their_lines():
    assert get("note").clean("  第一行 \r\n\r\n第二\u0007行\r第三行\u202e ") == "第一行\n\n第二行\n第三行"


@pytest.mark.parametrize(("kind", "limit"), [("text", 200), ("note", 2000)])
def test_refuses_what_is_too_long(kind, limit):
    assert get(kind).clean("字" * limit) == "字" * limit
    assert refusal(kind, "字" * (limit + 1), {}).params == {"limit": limit}
    assert refusal(kind, "abc", {"max_length": 2}).code == "too_long"


def test_refuses_a_text_of_nothing_visible():
    assert refusal("text", "\u200b\u2060", {}).code == "empty"


OPTIONS = {"options": ["Gold", "银 卡", "甲"]}


@pytest.mark.parametrize(("typed", "stored"), [("gold", "Gold"), (" ＧＯＬＤ ", "Gold"), ("银 卡", "银 卡")])
def test_stores_the_option_as_the_field_spells_it(typed, stored):
    assert get("choice").clean(typed, OPTIONS) == stored


def test_names_the_choices_when_it_refuses():
    error = refusal("choice", "silver", OPTIONS)
    assert (error.code, error.params) == ("not_a_choice", {"choices": ["Gold", "银 卡", "甲"]})
    assert refusal("choice", "anything", {}).code == "not_a_choice"


def test_takes_codes_and_labels():
    options = {"options": {"male": ["Male", "男"], "female": "女"}}
    assert [get("choice").clean(typed, options) for typed in ("男", "MALE", "女", "female")] == [
        "male", "male", "female", "female",
    ]  # fmt: skip
    assert refusal("choice", "其他", options).params == {"choices": ["male", "female"]}


@pytest.mark.parametrize("typed", ["a, b,，a", "a；b", "a、b", "a|b\n", " a ,\u200bb"])
def test_stores_tags_once_each(typed):
    assert get("tags").clean(typed) == "a,b"


def test_limits_tags():
    assert refusal("tags", ",".join(str(n) for n in range(21)), {}).code == "too_many_tags"
    assert refusal("tags", "a" * 31, {}).code == "too_long"
    assert refusal("tags", "a,x", {"options": ["A", "B"]}).code == "not_a_choice"
    assert get("tags").clean("b,a", {"options": ["A", "B"]}) == "B,A"
    assert refusal("tags", ", ,", {}).code == "empty"


def test_knows_the_usual_member_levels_and_those_of_the_field():
    assert get("member_level").clean("金卡会员") == "金卡会员"
    assert get("member_level").clean("vip1", {"options": ["VIP1"]}) == "VIP1"
    assert refusal("member_level", "金卡会员", {"options": ["VIP1"]}).code == "not_a_choice"
