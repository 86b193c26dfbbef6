import datetime

import pytest
from stdnum.cn import ric

from kinds.base import Invalid
from kinds.identity import born
from kinds.registry import get

TODAY = {"today": datetime.date(2026, 11, 21)}


def sealed_with_check(bare: str) -> str:
    return bare + ric.calc_check_digit(bare + "0")


def refusal(kind: str, text: str, params=TODAY) -> str:
    with pytest.raises(Invalid) as refused:
        get(kind).clean(text, params)
    return refused.value.code


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("119900199001010010", "119900199001010010"),
        ("１１９９００１９９００１０１００１０", "119900199001010010"),
        (" 1199 0019 9001 0100 10 ", "119900199001010010"),
        ("'119900-19900101-0010", "119900199001010010"),
        ("31990019781123003x", "31990019781123003X"),
        ("\u202a119900199001010010\u202c", "119900199001010010"),
        ("839900" + "19900101001x", "83990019900101001X"),
        ("119900900101001", "119900199001010010"),  # 15 digits, upgraded
    ],
)
def test_stores_a_resident_id_in_18_characters(typed, stored):
    assert get("resident_id").clean(typed, TODAY) == stored
    assert get("resident_id").normalise(typed) == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("119900199001010011", "bad_checksum"),
        (sealed_with_check("99990019900101001"), "bad_region"),
        (sealed_with_check("11990019900230001"), "bad_birth_date"),
        (sealed_with_check("11990018000101001"), "bad_birth_date"),
        (sealed_with_check("11990020261122001"), "bad_birth_date"),  # tomorrow
        ("119900900101997", "legacy_id_unclear"),
        ("11990019900101001", "not_an_id_number"),
        ("1199001990010100101", "not_an_id_number"),
        ("11990019900101X010", "not_an_id_number"),
        ("张三", "not_an_id_number"),
        ("1.19900199001010E+17", "rounded_by_excel"),
        ("119900199001010000", "rounded_by_excel"),
        ("١١٩٩٠٠١٩٩٠٠١٠١٠٠١٠", "foreign_digits"),
    ],
)
def test_refuses_a_resident_id_that_cannot_be(typed, code):
    assert refusal("resident_id", typed) == code


def test_knows_no_future_without_being_told_the_day():
    tomorrow = sealed_with_check("11990020261122001")
    assert get("resident_id").clean(tomorrow) == tomorrow
    assert refusal("resident_id", tomorrow, {"today": datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC)})


def test_derives_region_year_and_gender():
    assert get("resident_id").derive("119900199001010010") == {
        "region": "北京市",
        "birth_year": "1990",
        "gender": "male",
    }
    assert get("resident_id").derive("449900198503120027")["gender"] == "female"
    assert "region" not in get("resident_id").derive(sealed_with_check("91156019900101001"))
    assert born("119900199001010010") == datetime.date(1990, 1, 1)
    assert born("nothing") is None


def test_masks_as_is_usual():
    assert get("resident_id").mask("119900199001010010") == "119900********0010"
    assert get("passport").mask("EO0000018") == "E*****018"
    assert get("permit").mask("H99000018") == "H****0018"
    assert get("permit").mask("99000018") == "****0018"
    assert get("plate").mask("琼X00007") == "琼X***07"


@pytest.mark.parametrize("text", ["119900199001010011", "119900900101001", "839900199001010010"])
def test_detects_a_resident_id_with_a_typing_error_too(text):
    assert get("resident_id").detect(text)


@pytest.mark.parametrize(
    "text", ["119900199013010011", "019900199001010011", "99990019900101001X", "202611210000123", "1" * 18]
)
def test_takes_other_long_numbers_for_what_they_are(text):
    assert not get("resident_id").detect(text)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("h99000018", "H99000018"),
        ("M 9900 0026 00", "M9900002600"),
        ("99000018", "99000018"),
        ("T99000018", "99000018"),
        ("83990019900101001X", "83990019900101001X"),
    ],
)
def test_stores_permits(typed, stored):
    assert get("permit").clean(typed, TODAY) == stored


@pytest.mark.parametrize("typed", ["H9900001", "K99000018", "119900199001010010", "H990000180"])
def test_refuses_what_is_no_permit(typed):
    assert refusal("permit", typed) == "not_a_permit"


def test_takes_a_renewed_permit_for_the_same_one():
    assert get("permit").normalise("H9900001801") == get("permit").normalise("h99000018")


def test_leaves_eight_bare_digits_undetected():
    assert not get("permit").detect("99000018")


@pytest.mark.parametrize("typed", ["eo0000018", "EO 0000 018", "X1234567", "123456789"])
def test_stores_passports(typed):
    assert get("passport").clean(typed) == typed.upper().replace(" ", "")


@pytest.mark.parametrize("typed", ["E1234", "ABCDEFGH", "E12345678901", "护照E0000"])
def test_refuses_what_is_no_passport(typed):
    assert refusal("passport", typed) == "not_a_passport"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("琼x·00007", "琼X00007"),
        ("琼X 00007", "琼X00007"),
        ("琼Ｘ０００７学", "琼X0007学"),
        ("宁XD00015", "宁XD00015"),
    ],
)
def test_stores_plates(typed, stored):
    assert get("plate").clean(typed) == stored
    assert get("plate").detect(typed)


@pytest.mark.parametrize("typed", ["琼X0000", "琼X0000I", "东X00007", "琼800007", "琼XABCDE", "琼XD000155"])
def test_refuses_what_is_no_plate(typed):
    assert refusal("plate", typed) == "not_a_plate"
    assert not get("plate").detect(typed)
