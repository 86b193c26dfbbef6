import pytest

from kinds.base import Invalid
from kinds.registry import get


def refusal(kind: str, text: str) -> str:
    with pytest.raises(Invalid) as refused:
        get(kind).clean(text)
    return refused.value.code


@pytest.mark.parametrize(
    "typed",
    [
        "15400000018", "154 0000 0018", "154-0000-0018", "+86 15400000018", "0086 154 0000 0018", "8615400000018",
        "(+86)15400000018", "015400000018", "１５４００００００１８", "'15400000018", "15400000018.0",
        "154\u200b00000018", "\ufeff15400000018\r\n", "154–0000–0018",
    ],
)  # fmt: skip
def test_stores_a_mobile_number_in_11_digits(typed):
    assert get("mobile").clean(typed) == "15400000018"
    assert get("mobile").normalise(typed) == "15400000018"
    assert get("mobile").detect(typed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1540000001", "not_a_mobile"),
        ("154000000188", "not_a_mobile"),
        ("12400000018", "not_a_mobile"),
        ("1.54E+10", "rounded_by_excel"),
        ("١٥٤٠٠٠٠٠٠١٨", "foreign_digits"),
        ("010-90000018", "not_a_mobile"),
        ("手机15400000018", "not_a_mobile"),
    ],
)
def test_refuses_what_is_no_mobile_number(typed, code):
    assert refusal("mobile", typed) == code


def test_masks_as_is_usual():
    assert get("mobile").mask("15400000018") == "154****0018"
    assert get("mobile").mask("1540000") == "***"
    assert get("email").mask("a.nobody@example.com") == "a***@example.com"
    assert get("email").mask("ab@example.com") == "***@example.com"
    assert get("email").mask("no address") == "***"
    assert get("landline").mask("0755-90000026") == "0755-****0026"
    assert get("address").mask("广东省深圳市南山区示例路0号") == "广东省深圳市***"
    assert get("address").mask("示例路0号") == "***"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("010-90000018", "010-90000018"),
        ("01090000018", "010-90000018"),
        ("(010) 9000 0018", "010-90000018"),
        ("+86 10 9000 0018", "010-90000018"),
        ("０１０－９００００１８１", "010-90000181"),
        ("0371-9000003", "0371-9000003"),
        ("010-90000018-801", "010-90000018-801"),
        ("010-90000018转801", "010-90000018-801"),
        ("010-90000018 分机801", "010-90000018-801"),
        ("400-000-0042", "400-0000042"),
    ],
)
def test_stores_a_landline_with_its_area_code(typed, stored):
    assert get("landline").clean(typed) == stored
    assert get("landline").normalise(typed) == stored


@pytest.mark.parametrize("typed", ["90000018", "010-9000001", "010-10000018", "15400000018", "0000-90000018"])
def test_refuses_what_is_no_landline(typed):
    assert refusal("landline", typed) == "not_a_landline"


def test_shows_the_last_four_of_the_line_not_of_the_extension():
    assert get("landline").view("010-90000018-801", "last_four") == "0018"
    assert get("landline").view("0018", "last_four") == "0018"


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("010-90000018", "北京市"),
        ("0755-90000026", "广东省"),
        ("0991-9000003", "新疆维吾尔自治区"),
        ("0898-90000001", "海南省"),
    ],
)
def test_derives_the_region_of_a_landline(number, region):
    assert get("landline").derive(number) == {"region": region}


def test_derives_no_region_of_a_service_number():
    assert get("landline").derive("400-0000042") == {}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" A.Nobody@Example.COM ", "a.nobody@example.com"),
        ("ａ@example.com", "a@example.com"),
        ("mailto:a@example.com", "a@example.com"),
        ("a＠example．com", "a@example.com"),
    ],
)
def test_stores_mail_addresses_in_lower_case(typed, stored):
    assert get("email").clean(typed) == stored


@pytest.mark.parametrize(
    "typed",
    ["a@b", "a@@example.com", "@example.com", "a@-example.com", "a..b@example.com", "a@example.c", "a b"],
)
def test_refuses_what_is_no_mail_address(typed):
    assert refusal("email", typed) == "not_an_email"


def test_refuses_a_mail_address_that_is_too_long():
    assert refusal("email", "a" * 64 + "@" + "b" * 60 + ".example" * 30 + ".com") == "too_long"


def test_keeps_the_punctuation_of_an_address():
    typed = "广东省 深圳市南山区（示例）路０号，\u200bＡ座"
    assert get("address").clean(typed) == "广东省 深圳市南山区（示例）路0号，A座"


@pytest.mark.parametrize(
    ("address", "derived"),
    [
        ("广东省深圳市南山区示例路0号", {"region": "广东省", "city": "深圳市"}),
        ("广东深圳市示例路0号", {"region": "广东省", "city": "深圳市"}),
        ("北京市朝阳区示例路0号", {"region": "北京市"}),
        ("内蒙古自治区锡林郭勒盟示例旗", {"region": "内蒙古自治区", "city": "锡林郭勒盟"}),
        ("新疆伊犁哈萨克自治州示例市", {"region": "新疆维吾尔自治区", "city": "伊犁哈萨克自治州"}),
        ("示例市场路0号", {}),
        ("Example Road 0", {}),
    ],
)
def test_derives_region_and_city_of_an_address(address, derived):
    assert get("address").derive(address) == derived


@pytest.mark.parametrize("typed", ["1", "12345", "路"])
def test_refuses_what_is_no_address(typed):
    assert refusal("address", typed) == "not_an_address"
