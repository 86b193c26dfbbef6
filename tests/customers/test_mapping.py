"""Columns find their fields by name and by value, and nothing goes into a field below its level."""

import pytest

from classification.queries import catalogue
from customers.imports.mapping import MappingRefused, check, looks_like_values, propose
from tests.customers.builders import synthetic_values
from tests.customers.importing import CODES, HEADER, table_row
from trail.services import clock

pytestmark = pytest.mark.django_db
ENGLISH = ("Customer ID", "Name", "Phone", "ID Card", "E-mail", "Card number", "City", "Remarks")


@pytest.fixture
def known():
    return catalogue(clock())


@pytest.fixture
def asked(known):
    return {spec.code for spec in known.holdable}


def columns(known, asked, header, rows):
    return propose(header, rows, known, asked)


@pytest.mark.parametrize("header", [HEADER, ENGLISH, CODES], ids=["zh", "en", "codes"])
def test_recognises_names_in_both_languages(known, asked, header):
    got = columns(known, asked, header, [table_row(number) for number in range(50)])
    assert [column.target for column in got] == list(CODES)


def test_recognises_values_under_strange_names(known, asked):
    header = ["客户编号"] + [f"col{number}" for number in range(1, 8)]
    got = columns(known, asked, header, [table_row(number) for number in range(50)])
    assert [column.target for column in got][:6] == list(CODES[:6])
    assert got[2].why == "by_values"
    assert [column.why for column in got][6:] == ["unknown_column", "unknown_column"]


def test_believes_the_values_when_the_name_says_something_else(known, asked):
    rows = [[f"N{number}", synthetic_values(number)["email"]] for number in range(20)]
    assert columns(known, asked, ["编号", "手机"], rows)[1].target == "email"


def test_a_few_defects_do_not_matter(known, asked):
    rows = [[f"N{n}", synthetic_values(n)["mobile"] if n % 10 else "无"] for n in range(40)]
    assert columns(known, asked, ["编号", "x"], rows)[1].target == "mobile"


@pytest.mark.parametrize("field", ["mobile", "resident_id", "bank_card", "email", "address"])
@pytest.mark.parametrize("target", ["service_note", "city", "public_contact"])
def test_a_column_of_a_higher_level_cannot_go_into_a_lower_field(known, asked, field, target):
    rows = [[f"N{number}", synthetic_values(number)[field]] for number in range(20)]
    got = columns(known, asked, ["编号", target], rows)
    allowed = known.get(target).params.get("may_hold", ())
    if field in allowed:
        check({0: "number", 1: target}, got, known, asked)
        return
    assert got[1].target != target
    with pytest.raises(MappingRefused) as refused:
        check({0: "number", 1: target}, got, known, asked)
    assert [problem.code for problem in refused.value.problems] == ["column_holds_higher"]


def test_personal_numbers_are_no_customer_numbers(known, asked):
    rows = [[synthetic_values(number)["mobile"]] for number in range(20)]
    assert columns(known, asked, ["客户编号"], rows)[0].why == "column_holds_higher"


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({1: "full_name"}, "number_column_missing"),
        ({0: "number", 1: "shoe_size"}, "unknown_field"),
        ({0: "number", 1: "face_image"}, "level_four"),
        ({0: "number", 1: "surname"}, "derived"),
        ({0: "number", 9: "city"}, "unknown_column"),
        ({0: "number", 1: "city", 6: "city"}, "column_twice"),
    ],
)
def test_refuses_a_mapping_that_makes_no_sense(known, asked, mapping, code):
    got = columns(known, asked, HEADER, [table_row(number) for number in range(20)])
    with pytest.raises(MappingRefused) as refused:
        check(mapping, got, known, asked)
    assert code in {problem.code for problem in refused.value.problems}


def test_leaves_out_what_the_scenario_may_not_ask(known):
    got = columns(known, {"full_name"}, HEADER, [table_row(number) for number in range(20)])
    assert [column.target for column in got if column.target] == ["number", "full_name"]
    assert {column.why for column in got[2:]} == {"not_asked"}


def test_says_why_a_column_is_left_out(known, asked):
    got = columns(known, asked, ["编号", "性别", "鞋码", "人脸图像"], [["N1", "男", "40", "x"]])
    assert [column.why for column in got] == ["by_name", "derived", "unknown_column", "level_four"]


def test_sees_a_file_without_names(known, asked):
    assert looks_like_values(table_row(1))
    assert not looks_like_values(HEADER)
