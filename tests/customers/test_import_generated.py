"""Generated files with planted defects, in every format: exactly those are reported, everything else goes in."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from tests.customers.files import DELIMITERS, TEXT_FORMATS, any_file
from tests.customers.importing import CODES, HEADER, bring_in, check, counts, reported, table_row

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
DEFECTS = {
    ("number", ""): "number_empty",
    ("number", "x" * 41): "number_too_long",
    ("number", "15400000018"): "number_is_personal",
    ("full_name", "3"): "not_a_name",
    ("full_name", "x" * 101): "too_long",
    ("mobile", "12345"): "not_a_mobile",
    ("mobile", "1.54E+10"): "rounded_by_excel",
    ("resident_id", "119900199001010011"): "bad_checksum",
    ("resident_id", "119900199013010010"): "bad_birth_date",
    ("resident_id", "11990019900101"): "not_an_id_number",
    ("email", "a.nobody(at)example.com"): "not_an_email",
    ("bank_card", "9999990000000237708"): "bad_checksum",
    ("bank_card", "99"): "not_a_card",
    ("city", "手机 154 0000 0018"): "holds_higher",
    ("service_note", "证件 119900199001010010"): "holds_higher",
}
Plan = dict[int, tuple[str, str]]


@st.composite
def planted(draw: st.DrawFn) -> tuple[int, Plan]:
    """Draw a number of rows, and which of them carry which defect."""
    size = draw(st.integers(6, 14))
    rows = draw(st.lists(st.integers(0, size - 1), max_size=size // 2, unique=True))
    return size, {row: draw(st.sampled_from(sorted(DEFECTS))) for row in rows}


@given(
    plan=planted(),
    form=st.sampled_from([*TEXT_FORMATS, "xlsx", "xls"]),
    delimiter=st.sampled_from(DELIMITERS),
    order=st.permutations(range(len(CODES))),
)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_reports_exactly_what_was_planted(house, plan, form, delimiter, order):
    size, defects = plan
    rows = [table_row(number) for number in range(size)]
    for row, (field, text) in defects.items():
        rows[row][CODES.index(field)] = text
    header = [HEADER[column] for column in order]
    data = any_file(form, header, [[row[column] for column in order] for row in rows], delimiter)
    mapping = {place: CODES[column] for place, column in enumerate(order)}
    planted_there = sorted(
        (row + 2, HEADER[CODES.index(field)], DEFECTS[field, text]) for row, (field, text) in defects.items()
    )
    Customer.objects.all().delete()
    tried = check(data, house.supervisor, mapping=mapping)
    assert reported(tried) == planted_there
    job = bring_in(data, house.supervisor, mapping=mapping)
    assert reported(job) == planted_there
    assert counts(job) == counts(tried) == (size - len(defects), 0, 0, len(defects))
    good = {row[0] for number, row in enumerate(rows) if number not in defects}
    assert set(Customer.objects.values_list("number", flat=True)) == good
