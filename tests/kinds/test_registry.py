import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinds.registry import detect_column, get, scan
from kinds.synthetic import people
from tests.kinds.noise import FIELDS, full_width
from tests.kinds.noise import people as anyone

CROWD = list(people(120, seed=3))


@pytest.mark.parametrize(("code", "attribute"), FIELDS.items())
def test_detects_the_kind_of_a_column(code, attribute):
    found = detect_column(str(getattr(who, attribute)) for who in CROWD)
    assert (found.kind, found.values, found.level) == (code, 120, get(code).typical_level)
    assert found.share == 1.0


@pytest.mark.parametrize(("code", "attribute"), FIELDS.items())
def test_detects_it_in_spite_of_a_few_defects(code, attribute):
    values = [str(getattr(who, attribute)) for who in CROWD]
    values[:20] = ["", "?", "unknown", " "] * 5
    found = detect_column(values)
    assert found.kind == code
    assert found.values == 110
    assert 0.9 < found.share < 1.0


def test_says_text_when_nothing_fits_and_nothing_without_values():
    assert detect_column(["a", "b", "c"]).kind == "text"
    assert detect_column(["", " ", "\t"]).kind == ""
    assert detect_column([]).values == 0
    assert detect_column([]).highest_level == 1


def test_takes_few_words_that_begin_like_names_for_no_names():
    assert detect_column(["高级", "金牌", "温和", "安全"] * 30).kind == "text"


def test_takes_bare_numbers_for_no_kind():
    assert detect_column([str(number) for number in range(1, 200)]).kind == "text"
    assert detect_column([f"{number:08d}" for number in range(50_000_000, 50_000_200)]).kind == "text"


def test_counts_higher_kinds_among_text():
    found = detect_column(["ok"] * 95 + [CROWD[0].resident_id] * 3 + [f"电话{CROWD[0].mobile}请回"] * 2)
    assert (found.kind, found.level, found.highest_level) == ("text", 1, 3)
    assert found.counts["resident_id"] == 3
    assert found.inside == {"mobile": 2}


def test_counts_rounded_numbers():
    assert detect_column(["1.19900E+17", "119900199001010000", "x"]).rounded == 2


@pytest.mark.parametrize(
    "code", ["resident_id", "mobile", "landline", "bank_card", "email", "passport", "permit", "plate"]
)
@given(who=anyone, width=st.booleans())
@settings(max_examples=25)
def test_finds_values_between_chinese_characters(code, who, width):
    value = str(getattr(who, FIELDS[code]))
    note = f"客户来电说{full_width(value) if width else value}，请尽快处理。"
    assert code in scan(note)


@pytest.mark.parametrize(
    ("note", "codes"),
    [
        ("联系电话154 0000 0018。", ["mobile"]),
        ("tel:+86-154-0000-0018", ["mobile"]),
        ("号码15400000018 15400000026两个", ["mobile"]),
        ("卡号9999 9900 0000 0014到期", ["bank_card"]),
        ("身份证119900 19900101 0010", ["resident_id"]),
        ("证件31990019781123003x有误", ["resident_id"]),
        ("寄到广东省深圳市南山区示例路0号3栋", ["address"]),
        ("邮箱a.nobody@example.com谢谢", ["email"]),
        ("15400000018，a@example.com", ["mobile", "email"]),
        ("订单 20261121123456789012345 已发", []),
        ("比例3.15400000018", []),
        ("金额 15,400,000,018 元", []),
        ("2026-11-21 20:45 来电", []),
        ("客户满意", []),
        ("", []),
    ],
)
def test_finds_what_a_note_should_not_hold(note, codes):
    assert sorted(scan(note)) == sorted(codes)


@pytest.mark.parametrize(
    "text", ["1 " * 5000, "12-" * 3000, "市" * 10_000, "a@" * 5000, "A1" * 5000, "区路" * 5000]
)
def test_scans_long_texts_in_little_time(text):
    started = time.process_time()
    scan(text)
    assert time.process_time() - started < 2
