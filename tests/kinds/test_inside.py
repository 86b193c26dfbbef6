"""Identifiers inside texts: found wherever they stand, nothing else taken for one."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinds.inside import LOOKED_FOR, Hit, hits, scan
from kinds.registry import get
from kinds.synthetic import company_code, person
from tests.kinds.noise import FIELDS, full_width, value_of
from tests.kinds.noise import people as anyone

BARE = tuple(code for code in LOOKED_FOR if code != "full_name")
"""Kinds that need no word beside them."""
HAN = st.text(
    "客户来电说明的了在是我有和就不人都一上也很到要去你会着没看好自己这，。；：、（）！？\n", max_size=40
)
LUHN_FAILS = ("4111111111111112", "6222021234567890129")


@pytest.mark.parametrize("code", BARE)
@given(who=anyone, before=HAN, after=HAN, width=st.booleans())
@settings(max_examples=40)
def test_finds_every_kind_wherever_it_stands(code, who, before, after, width):
    value = value_of(code, who)
    text = before + " " + (full_width(value) if width else value) + " " + after
    found = {hit.kind: hit for hit in hits(text)}
    assert code in found
    assert found[code].passed is (True if get(code).checksum else None)


@pytest.mark.parametrize("code", ["resident_id", "mobile", "bank_card", "email", "uscc", "plate", "landline"])
@given(who=anyone, before=HAN, after=HAN)
@settings(max_examples=25)
def test_gives_the_value_as_its_mask_wants_it(code, who, before, after):
    value = value_of(code, who)
    text = f"{before}，{value}，{after}"
    (hit,) = [hit for hit in hits(text) if hit.kind == code]
    assert hit.value == get(code).clean(value)
    assert hit.masked == get(code).mask(hit.value) != hit.value


@given(
    st.lists(st.tuples(st.sampled_from(BARE), anyone), min_size=2, max_size=4, unique_by=lambda one: one[0])
)
@settings(max_examples=40)
def test_finds_several_in_one_text(planted):
    text = "；".join(f"记下{value_of(code, who)}" for code, who in planted)
    assert {code for code, _ in planted} <= {hit.kind for hit in hits(text)}


@pytest.mark.parametrize(
    "text",
    [
        *("订单20261121000000123", "单号 987654321098765432", "流水23456789012", "SF1234567890123"),
        *("金额 15,400,000,018.00 元", "¥13800138000.55", "比例0.13800138000", "2026-11-21 20:45"),
        *("2026-11-21 至 2026-12-20", "20261121 20261220 15", "QQ 1234567890", "邮编100000", "C0000123"),
        *("12号楼3单元待确认", "@客服3 请跟进", "v3.12.4", "HT-20261121-0042", "119900199013010010"),
        *("999900199001010011", "91440300ABCDEFGHJK", "A8 2026款", *LUHN_FAILS),
        *("请联系王女士", "联系人：家属", "持卡人：本人", "户名不符", "先生来电未接", "name: changed"),
    ],
)
def test_takes_nothing_else_for_an_identifier(text):
    assert hits(text) == []
    assert hits(f"客户说{text}，请处理") == []


@given(seed=st.integers(0, 10**6), length=st.integers(11, 19))
def test_takes_digits_of_the_same_length_for_no_card_and_no_id(seed, length):
    digits = "".join(Random(seed).choices("0123456789", k=length))
    for hit in hits(f"流水{digits}。"):
        assert get(hit.kind).detect(digits)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *(("姓名：张示例", "张*"), ("请联系欧阳示例先生", "欧阳*"), ("户名为张示例。", "张*")),
        *(("联系人 古丽·示例，已约", "古**"), ("Name: Example Nobody", "Ex**")),
    ],
)
def test_finds_names_that_a_word_announces(text, name):
    (hit,) = hits(text)
    assert (hit.kind, hit.passed, hit.level) == ("full_name", None, 2)
    assert hit.masked.startswith(name[0])


@pytest.mark.parametrize(
    "words",
    [
        *(
            "联系人：{}",
            "收件人：{}",
            "收货人：{}",
            "户名：{}",
            "持卡人：{}",
            "客户名称：{}",
            "本人{}",
            "名叫{}",
        ),
        *("{}先生", "{}女士", "{}小姐", "{}太太"),
    ],
)
def test_knows_every_word_that_announces_a_name(words):
    assert [hit.value for hit in hits(words.format("张示例"))] == ["张示例"]


@pytest.mark.parametrize("end", ["号", "弄", "栋", "幢", "座", "单元", "室", "楼", "层", "组"])
def test_knows_every_end_of_an_address(end):
    assert scan(f"住在南山区示例路0{end}") == ["address"]


def test_tells_a_wrong_check_digit_from_a_right_one():
    right = person(7).resident_id
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    assert [hit.passed for hit in hits(f"{right}，{wrong}")] == [True, False]


def test_gives_each_group_of_digits_to_one_number():
    assert [hit.kind for hit in hits("119900 19900101 0010")] == ["resident_id"]
    assert [hit.value for hit in hits("15400000018 15400000026")] == ["15400000018", "15400000026"]


def test_names_no_value_when_printed():
    hit = Hit("mobile", "15400000018", None)
    assert "15400000018" not in repr(hit)


def test_scans_for_sensitive_kinds_only():
    text = f"税号{company_code(7)}，姓名：张示例，电话15400000018"
    assert {hit.kind for hit in hits(text)} == {"uscc", "full_name", "mobile"}
    assert scan(text) == ["mobile"]


def test_knows_every_kind_that_noise_can_make():
    assert set(BARE) - {"uscc"} <= set(FIELDS)
