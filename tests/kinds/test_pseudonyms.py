"""Pseudonyms: of the same shape, valid, nobody's, and the same for the same digest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn, numdb

from kinds.pseudonyms import DRAWN, pseudonym
from kinds.registry import every_kind, get

DIGESTS = st.binary(min_size=32, max_size=32)


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: kind.code)
@given(digest=DIGESTS)
def test_keeps_every_kind_and_shape(kind, digest):
    for example in kind.examples:
        value = kind.clean(example, kind.example_params)
        made = pseudonym(kind.code, value, digest, kind.example_params)
        assert kind.clean(made, kind.example_params) == made
        assert made == pseudonym(kind.code, value, digest, kind.example_params)
        if kind.code not in DRAWN:
            assert made != value
        if kind.code in {"resident_id", "mobile", "bank_card", "plate", "permit", "passport", "uscc", "date"}:
            assert len(made) == len(value)


@given(digest=DIGESTS)
def test_belongs_to_nobody(digest):
    region = numdb.get("cn/loc").info(pseudonym("resident_id", "119900199001010010", digest)[:6])
    assert not region[-1][1]
    assert pseudonym("mobile", "13800000000", digest).startswith("154")
    card = pseudonym("bank_card", "6222020000000000", digest)
    assert card.startswith("999999")
    assert luhn.is_valid(card)
    assert pseudonym("landline", "010-62345678", digest).split("-")[1].startswith("9")
    assert pseudonym("email", "someone@firm.cn", digest).partition("@")[2] in {"example.com", "example.org"}
    assert pseudonym("permit", "H01234567", digest)[1:3] == "99"


@given(digest=DIGESTS)
def test_is_another_value_even_where_the_value_is_nobodys_already(digest):
    made = pseudonym("mobile", "13800000000", digest)
    assert pseudonym("mobile", made, digest) != made


@pytest.mark.parametrize("kind", sorted(DRAWN))
@given(digest=DIGESTS)
def test_says_nothing_of_a_text_or_a_choice(kind, digest):
    params = {"options": {"one": ["一", "One"], "two": ["二", "Two"]}, "max_length": 60}
    assert pseudonym(kind, "one", digest, params) == pseudonym(kind, "two", digest, params)


def test_fits_into_a_short_text():
    assert len(pseudonym("text", "x", b"x" * 32, {"max_length": 5})) == 5


def test_spreads():
    made = {pseudonym("mobile", "13800000000", number.to_bytes(32, "big")) for number in range(500)}
    assert len(made) == 500
    assert get("mobile")
