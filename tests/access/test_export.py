"""Masked exports: masked, watermarked, escaped, recorded first, fetched once within a day."""

import csv
import io
import zipfile
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pytest

from access import events
from access.models import Export
from access.services import export
from customers.reach import visible_to
from staff.step_up import StepUpNeeded
from tests.access.cast import CANARIES, exposures_since, kinds_since, last_event, later

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def make(cast, by, customers, format="csv"):
    refs = [customer.ref for customer in customers]
    return export.export_masked(refs, format, how="list", by=by, at=cast.at)


def content(cast, by, made) -> bytes:
    return b"".join(export.fetch(made.id, by=by, at=cast.at).chunks)


def lines(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))


def test_writes_masks_and_no_sealed_value(cast):
    supervisor = cast.supervisor()
    made = make(cast, supervisor, [cast.customer(), cast.customer()])
    text = content(cast, supervisor, made).decode("utf-8-sig")
    assert text.count("154****0018") == 2
    assert not any(canary in text for canary in CANARIES)


def test_puts_name_time_and_event_into_the_first_row(cast):
    supervisor = cast.supervisor()
    made = make(cast, supervisor, [cast.customer()])
    banner, header, *rows = lines(content(cast, supervisor, made))
    assert supervisor.name in banner[0]
    assert supervisor.number in banner[0]
    assert str(made.event) in banner[0]
    assert any(label.startswith("L3-") for label in header)
    assert len(rows) == 1


def test_puts_the_watermark_into_the_properties_of_a_workbook(cast):
    supervisor = cast.supervisor()
    made = make(cast, supervisor, [cast.customer()], "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(content(cast, supervisor, made)))
    assert str(made.event) in (book.properties.creator or "")
    assert supervisor.number in (book.properties.description or "")
    sheet = book.worksheets[0]
    banner = str(sheet["A1"].value)
    assert str(made.event) in banner
    assert sheet["A3"].data_type == "s"


def test_escapes_what_a_spreadsheet_would_run(cast):
    supervisor = cast.supervisor()
    attack = cast.customer(full_name="=HYPERLINK(0)", employer="@SUM(1)")
    for format in ("csv", "xlsx"):
        raw = content(cast, supervisor, make(cast, supervisor, [attack], format))
        if format == "csv":
            cells = [cell for row in lines(raw) for cell in row]
        else:
            book = openpyxl.load_workbook(io.BytesIO(raw))
            cells = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row]
            part = zipfile.ZipFile(io.BytesIO(raw)).read("xl/worksheets/sheet1.xml")
            assert b"<f>" not in part
        assert "'=HYPERLINK(0)" in cells
        assert "'@SUM(1)" in cells
        assert not any(cell.startswith(("=", "@", "+", "-")) for cell in cells)


def test_records_the_exposures_first(cast):
    supervisor = cast.supervisor()
    one, other = cast.customer(), cast.customer()
    start = last_event()
    made = make(cast, supervisor, [one, other])
    assert kinds_since(start)[0] == events.CUSTOMERS_EXPORTED.code
    shown = exposures_since(start)
    assert {exposure.customer for exposure in shown} == {one.ref, other.ref}
    assert {exposure.act for exposure in shown} == {"exported"}
    assert all("mobile" in exposure.masked and "full_name" in exposure.clear for exposure in shown)
    assert made.event == shown[0].event_id


def test_is_decided_as_the_person(cast):
    supervisor = cast.supervisor(department="north")
    mine, foreign = cast.customer(portfolio="north"), cast.customer(portfolio="south")
    assert make(cast, supervisor, [mine, foreign]).rows == 1
    with pytest.raises(export.NothingToExport):
        make(cast, supervisor, [foreign])


@pytest.mark.parametrize("role", ["agent", "analyst", "officer", "security", "custodian", "auditor"])
def test_is_refused_to_roles_that_do_not_export(cast, role):
    with pytest.raises(export.NotAllowed):
        make(cast, cast.person(role), [cast.customer()])


def test_wants_a_fresh_second_factor(cast):
    supervisor = cast.supervisor()
    with pytest.raises(StepUpNeeded):
        make(cast, later(supervisor, 301), [cast.customer()])


def test_holds_500_rows_at_most(cast):
    with pytest.raises(export.TooManyRows):
        export.export_masked(
            [uuid4() for _ in range(501)], "csv", how="list", by=cast.supervisor(), at=cast.at
        )


def test_is_fetched_once(cast):
    supervisor = cast.supervisor()
    made = make(cast, supervisor, [cast.customer()])
    start = last_event()
    assert content(cast, supervisor, made)
    assert kinds_since(start) == [events.EXPORT_FETCHED.code]
    with pytest.raises(export.NotFetchable, match="fetched"):
        export.fetch(made.id, by=supervisor, at=cast.at)


def test_is_over_after_a_day(cast):
    supervisor = cast.supervisor()
    made = make(cast, supervisor, [cast.customer()])
    with pytest.raises(export.NotFetchable, match="over"):
        export.fetch(made.id, by=supervisor, at=cast.at + timedelta(hours=24))


def test_does_not_exist_for_anyone_else(cast):
    made = make(cast, cast.supervisor(), [cast.customer()])
    with pytest.raises(Export.DoesNotExist):
        export.fetch(made.id, by=cast.supervisor(), at=cast.at)


def test_lies_sealed(cast):
    from files.models import FileChunk

    supervisor = cast.supervisor()
    made = make(cast, supervisor, [cast.customer(number="PLAINLY")])
    (chunk,) = FileChunk.objects.filter(file_id=made.file)
    assert b"PLAINLY" not in bytes(chunk.sealed)


def test_shows_exactly_what_the_list_shows(cast):
    from access.queries.cards import cards

    supervisor = cast.supervisor()
    customers = [cast.customer(), cast.customer(tier="vip")]
    made = make(cast, supervisor, customers)
    _, header, *rows = lines(content(cast, supervisor, made))
    exported = [dict(zip(header, (cell.rstrip("\t") for cell in row), strict=True)) for row in rows]
    listed = cards(supervisor, list(visible_to(supervisor, cast.at).order_by("number")), cast.at)
    assert [{value.label: value.text for value in card.held} for card in listed] == [
        {label: text for label, text in row.items() if label.startswith("L") and text} for row in exported
    ]
