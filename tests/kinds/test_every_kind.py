"""What holds for all kinds alike."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinds.base import HIDDEN, Invalid, UnknownView, covered
from kinds.problems import PROBLEMS
from kinds.registry import every_kind, get
from tests.kinds.noise import CODES, INVISIBLE, NUMBERS, SEPARATORS, noisy, people, value_of

FORMLESS = {"text", "note", "choice", "tags", "member_level", "amount"}


def clean_or_refusal(code: str, text: str) -> str | Invalid:
    try:
        return get(code).clean(text, get(code).example_params)
    except Invalid as refused:
        return refused


def test_has_the_kinds_of_the_catalogue():
    assert set(CODES) == {
        "text", "full_name", "mobile", "landline", "email", "address", "resident_id", "passport", "permit",
        "bank_card", "uscc", "plate", "date", "amount", "choice", "tags", "member_level", "note",
    }  # fmt: skip


def test_compares_no_choice_and_no_free_text():
    comparable = {kind.code for kind in every_kind() if kind.comparable}
    assert comparable == {
        "full_name", "mobile", "landline", "email", "resident_id", "passport", "permit", "bank_card", "uscc",
        "plate", "date",
    }  # fmt: skip


def test_indexes_nothing_of_tiny_range():
    assert not {"date", "choice", "member_level", "amount", "tags", "note"} & {
        kind.code for kind in every_kind() if kind.indexable
    }


@pytest.mark.parametrize("code", CODES)
def test_has_examples_that_clean_and_detect_themselves(code):
    kind = get(code)
    assert kind.examples
    for example in kind.examples:
        stored = kind.clean(example, kind.example_params)
        assert kind.clean(stored, kind.example_params) == stored
        assert kind.normalise(stored) == kind.normalise(example)
        assert len(stored) <= kind.longest
        assert kind.detect(example) == kind.detected


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u3000"])
def test_refuses_nothing_at_all(code, text):
    with pytest.raises(Invalid) as refused:
        get(code).clean(text, get(code).example_params)
    assert refused.value.code == "empty"


@pytest.mark.parametrize("code", CODES)
def test_refuses_a_text_too_long_to_look_at(code):
    with pytest.raises(Invalid) as refused:
        get(code).clean("1" * 200_000, get(code).example_params)
    assert refused.value.code == "too_long"


@pytest.mark.parametrize("code", CODES)
@given(who=people)
@settings(max_examples=15)
def test_keeps_a_clean_value_as_it_is(code, who):
    kind = get(code)
    value = value_of(code, who)
    assert kind.clean(value, kind.example_params) == value
    assert kind.normalise(kind.normalise(value)) == kind.normalise(value)


@pytest.mark.parametrize("code", NUMBERS)
@given(data=st.data(), who=people)
@settings(max_examples=25)
def test_sees_through_noise_in_numbers(code, data, who):
    kind = get(code)
    value = value_of(code, who)
    typed = data.draw(noisy(value, INVISIBLE + SEPARATORS))
    assert kind.normalise(typed) == kind.normalise(value)
    if len(typed) <= kind.longest * 4:
        assert kind.clean(typed.lower()) == value


@pytest.mark.parametrize("code", ["full_name", "email", "address", "landline", "date", "amount"])
@given(data=st.data(), who=people)
@settings(max_examples=25)
def test_sees_through_invisible_characters(code, data, who):
    kind = get(code)
    value = value_of(code, who)
    typed = data.draw(noisy(value, "\u200b\u200d\u2060\ufeff\u00ad\u0007"))
    assert kind.normalise(typed) == kind.normalise(value)


@pytest.mark.parametrize("code", CODES)
@given(text=st.text(max_size=40))
@settings(max_examples=25)
def test_takes_any_text_without_falling_over(code, text):
    kind = get(code)
    once = kind.normalise(text)
    assert kind.normalise(once) == once
    kind.detect(text)
    kind.mask(text)
    kind.derive(text)
    for name in kind.views:
        kind.view(text, name)
    outcome = clean_or_refusal(code, text)
    if isinstance(outcome, Invalid):
        assert str(outcome) == outcome.code
        assert PROBLEMS[outcome.code].format(**outcome.params)
    else:
        assert kind.clean(outcome, kind.example_params) == outcome
        assert kind.normalise(outcome) == once


@pytest.mark.parametrize("code", sorted(set(CODES) - {"email", "address", "landline"}))
@given(who=people)
@settings(max_examples=25)
def test_masks_all_but_the_declared_head_and_tail(code, who):
    kind = get(code)
    value = value_of(code, who)
    masked = kind.mask(value)
    head, tail = kind.shows
    readable_head = len(masked) - len(masked.lstrip(value)) if head else 0
    assert "*" in masked
    assert readable_head <= len(value)
    first, last = masked.index("*"), masked.rindex("*") + 1
    assert value.startswith(masked[:first])
    assert first <= head
    assert value.endswith(masked[last:])
    assert len(masked) - last <= tail
    assert len(value) - first - (len(masked) - last) >= 1


@pytest.mark.parametrize("code", CODES)
@given(text=st.text("0123456789abcX@.张路市*- ", min_size=1, max_size=6))
@settings(max_examples=25)
def test_masks_short_and_strange_values_whole(code, text):
    kind = get(code)
    masked = kind.mask(text)
    assert "*" in masked
    shown = masked.strip("*")
    assert len(shown) <= max(len(text) - 1, 0)


@pytest.mark.parametrize("code", ["email", "address", "landline"])
@given(who=people)
@settings(max_examples=25)
def test_masks_the_part_that_reaches_the_person(code, who):
    masked = get(code).mask(value_of(code, who))
    hidden = {
        "email": who.email.partition("@")[0][1:],
        "address": who.address.partition("区")[2],
        "landline": who.landline.partition("-")[2][:-4],
    }[code]
    assert hidden not in masked
    assert "***" in masked


@pytest.mark.parametrize("code", CODES)
def test_gives_every_view_a_lower_level_than_the_value(code):
    kind = get(code)
    assert all(1 <= level < kind.typical_level for level in kind.views.values())
    with pytest.raises(UnknownView):
        kind.view("anything", "everything")


@pytest.mark.parametrize("code", CODES)
@given(who=people)
@settings(max_examples=10)
def test_shows_at_most_four_characters_as_last_four(code, who):
    kind = get(code)
    if not kind.last_four:
        assert "last_four" not in kind.views
        return
    value = value_of(code, who)
    shown = kind.view(value, "last_four")
    assert len(shown) == 4
    assert shown in kind.normalise(value)
    assert kind.view(shown.lower(), "last_four") == shown


@pytest.mark.parametrize("code", CODES)
@given(who=people)
@settings(max_examples=10)
def test_derives_only_what_it_declares(code, who):
    kind = get(code)
    assert set(kind.derive(value_of(code, who))) <= set(kind.derives)
    assert kind.derive("") == {}


def test_carries_no_value_in_its_error():
    with pytest.raises(Invalid) as refused:
        get("mobile").clean("1540000")
    assert "1540000" not in repr(refused.value)
    assert refused.value.__context__ is None


def test_refuses_a_problem_that_nobody_listed():
    with pytest.raises(KeyError):
        Invalid("nobody_listed_this")


def test_covers_a_value_whole_when_little_would_be_hidden():
    assert covered("123456789", 3, 4) == "***"
    assert covered("1234567890", 3, 4) == "123***7890"
    assert covered("", 3, 4) == "***"


def test_hides_what_it_does_not_know():
    assert get("text").mask("anything") == HIDDEN
