import pytest
from stdnum import luhn

from kinds.base import Invalid
from kinds.registry import get


def refusal(kind: str, text: str, **params) -> str:
    with pytest.raises(Invalid) as refused:
        get(kind).clean(text, params)
    return refused.value.code


@pytest.mark.parametrize("typed", ["9999990000000014", "9999 9900 0000 0014", "９９９９-9900-0000-0014"])
def test_stores_a_card_in_digits(typed):
    assert get("bank_card").clean(typed) == "9999990000000014"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("9999990000000015", "bad_checksum"),
        ("999999000014", "not_a_card"),
        ("9999990000000000000000", "rounded_by_excel"),
        ("9.99999E+15", "rounded_by_excel"),
        ("9999990012345670000", "rounded_by_excel"),
        ("卡号9999990000000014", "not_a_card"),
    ],
)
def test_refuses_a_card_that_cannot_be(typed, code):
    assert refusal("bank_card", typed) == code


def test_masks_as_is_usual():
    assert get("bank_card").mask("9999990000000014") == "****0014"
    assert get("bank_card").view("9999990000000014", "last_four") == "0014"
    assert get("uscc").mask("91000000MA0000001R") == "91************001R"
    assert get("amount").mask("1234.50") == "***"


@pytest.mark.parametrize("position", range(16))
def test_notices_every_wrong_digit_of_a_card(position):
    card = "9999990000000014"
    wrong = card[:position] + str((int(card[position]) + 1) % 10) + card[position + 1 :]
    assert luhn.is_valid(card)
    assert refusal("bank_card", wrong) == "bad_checksum"


@pytest.mark.parametrize("typed", ["91000000ma0000001r", "9100 0000 MA00 0000 1R"])
def test_stores_a_credit_code(typed):
    assert get("uscc").clean(typed) == "91000000MA0000001R"
    assert get("uscc").detect(typed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("91000000MA0000001Q", "bad_checksum"), ("91000000MI0000001R", "not_a_uscc"), ("9100", "not_a_uscc")],
)
def test_refuses_a_credit_code_that_cannot_be(typed, code):
    assert refusal("uscc", typed) == code


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0", "0.00"),
        ("1234.5", "1234.50"),
        ("1,234,567.89", "1234567.89"),
        ("￥１，２３４．５０", "1234.50"),
        ("¥ 88", "88.00"),
        ("人民币88元整", "88.00"),
        ("88.00 CNY", "88.00"),
        ("1.2万元", "12000.00"),
        ("3亿", "300000000.00"),
        ("007", "7.00"),
        ("12.", "12.00"),
        ("1.500", "1.50"),
    ],
)
def test_stores_amounts_with_two_places(typed, stored):
    assert get("amount").clean(typed) == stored
    assert get("amount").normalise(typed) == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1,23.00", "not_an_amount"),
        ("12a", "not_an_amount"),
        ("1.234", "too_precise"),
        ("10000000000000", "too_large"),
        ("-5", "negative_amount"),
        ("1.2E+12", "rounded_by_excel"),
        ("$5", "not_an_amount"),
        ("٥", "foreign_digits"),
    ],
)
def test_refuses_what_is_no_amount(typed, code):
    assert refusal("amount", typed) == code


def test_takes_negative_amounts_where_the_field_says_so():
    assert get("amount").clean("-1,234.5", {"negative": True}) == "-1234.50"
    assert get("amount").clean("-0", {"negative": True}) == "0.00"


@pytest.mark.parametrize(("text", "looks"), [("12", False), ("12.5", True), ("1,200", True), ("12元", True)])
def test_detects_amounts_by_a_sign_of_money(text, looks):
    assert get("amount").detect(text) is looks
