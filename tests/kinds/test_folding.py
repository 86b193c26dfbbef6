import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinds.folding import compact, fold, looks_rounded, readable


@given(st.text(max_size=60))
def test_folds_what_is_folded_to_itself(text):
    assert fold(fold(text)) == fold(text)
    assert readable(readable(text)) == readable(text)
    assert readable(readable(text, lines=True), lines=True) == readable(text, lines=True)
    assert compact(compact(text)) == compact(text)


@given(st.text(st.sampled_from(" aZ09-王小市\u4e00\u9fef\uf900\uff11\u3000\u2f00\u200b\u0301e"), max_size=12))
def test_passes_over_no_text_that_folding_changes(text):
    whole = unicodedata.normalize("NFKC", text.replace("\u200b", ""))
    assert fold(text) == " ".join(unicodedata.normalize("NFKC", whole).split())


def test_leaves_ascii_and_common_chinese_characters_as_they_are():
    common = "".join(map(chr, [*range(0x21, 0x7F), *range(0x4E00, 0x9FF0)]))
    assert unicodedata.normalize("NFKC", common) == common == fold(common) == readable(common)


@given(st.text(max_size=60))
def test_compares_a_stored_text_as_the_typed_one(text):
    assert fold(readable(text)) == fold(text)


@given(st.text(max_size=60))
def test_leaves_only_text_that_a_database_takes(text):
    readable(text).encode("utf-8")
    assert "\x00" not in readable(text)


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("1.2345E+17", True),
        ("1.2345e17", True),
        ("1E+17", True),
        ("119900199001010000", True),
        ("9999990000000000000", True),
        ("12345678901234500", True),
        ("1234567890123450", False),  # 16 digits: one zero proves nothing
        ("119900199001010010", False),
        ("100000000000000", False),
        ("E17", False),
        ("", False),
    ],
)
def test_notices_numbers_that_lost_their_end(text, lost):
    assert looks_rounded(text) is lost
