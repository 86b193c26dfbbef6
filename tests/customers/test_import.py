"""An import: what goes in, what is refused and reported, what is left alone, and who decides."""

import io
from datetime import date, timedelta

import openpyxl
import pytest

from customers.imports import run
from customers.imports.acting import MayNoLonger
from customers.models import Customer, ImportProblem
from customers.queries import search
from customers.services import imports, records
from customers.services.imports import HeaderMissing, NotAllowed, NothingToDo, NotReady
from customers.words import problem_words
from documents.reading import Unreadable
from files.models import SealedFile
from files.services import NotReadable
from jobs import running
from staff.models import RoleHolding
from staff.models.rights import Freeze
from tests.customers.builders import bulk_make, synthetic_values
from tests.customers.files import DELIMITERS, TEXT_FORMATS, any_file, text_file
from tests.customers.importing import (
    CODES,
    HEADER,
    bring_in,
    check,
    counts,
    examine,
    final_state,
    proposed,
    reported,
    start,
    table_row,
    upload,
)
from trail.models import Event, Exposure
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
MOBILE = HEADER.index("手机号")


def table(count, form="utf-8", **more):
    return any_file(form, HEADER, [table_row(number, **more) for number in range(count)])


@pytest.mark.parametrize("form", [*TEXT_FORMATS, "xlsx", "xls"])
def test_every_format_brings_in_the_same(house, form):
    job = bring_in(table(12, form), house.supervisor)
    assert counts(job) == (12, 0, 0, 0)
    for _number, portfolio, version, _open, right, indexed in final_state():
        assert (portfolio, version, len(indexed)) == ("N1", 1, 7)
        assert right == dict.fromkeys(("mobile", "resident_id", "email", "bank_card"), True)
    mobile = synthetic_values(7)["mobile"]
    assert [row.number for row in search(house.agent, "mobile", mobile, house.at).rows] == ["N000007"]


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_every_delimiter_is_recognised(house, delimiter):
    data = any_file("gb18030", HEADER, [table_row(number) for number in range(5)], delimiter)
    assert counts(bring_in(data, house.supervisor)) == (5, 0, 0, 0)


def test_the_same_file_again_writes_nothing(house):
    bring_in(table(30), house.supervisor)
    before = final_state()
    job = check(table(30), house.supervisor)
    assert counts(job) == (0, 0, 30, 0)
    with pytest.raises(NothingToDo):
        imports.start_import(job.id, by=house.supervisor, at=clock())
    assert final_state() == before


def test_a_dry_run_writes_no_customer(house):
    job = check(table(10), house.supervisor)
    assert counts(job) == (10, 0, 0, 0)
    assert not Customer.objects.exists()
    assert Event.objects.filter(kind="import.checked").count() == 1


def test_an_empty_cell_keeps_what_is_there(house):
    bring_in(table(3), house.supervisor)
    rows = [[f"N{number:06d}", "", "", "", "", "", "上海市", ""] for number in range(3)]
    job = bring_in(any_file("utf-8", HEADER, rows), house.supervisor)
    assert counts(job) == (0, 3, 0, 0)
    for _number, _portfolio, version, open_values, right, _indexed in final_state():
        assert (version, open_values["city"]) == (2, "上海市")
        assert open_values["full_name"]
        assert all(right.values())
        assert len(right) == 4


def test_a_changed_value_replaces_its_index_rows(house):
    bring_in(table(2), house.supervisor)
    rows = [table_row(0), table_row(1)]
    rows[1][MOBILE] = "15400000018"
    assert counts(bring_in(any_file("utf-8", HEADER, rows), house.supervisor)) == (0, 1, 1, 0)
    old, new = synthetic_values(1)["mobile"], "15400000018"
    assert not search(house.agent, "mobile", old, house.at).rows
    assert [row.number for row in search(house.agent, "mobile", new, house.at).rows] == ["N000001"]


def test_a_number_that_is_not_the_importer_s_is_refused_without_saying_where(house):
    bulk_make(1, portfolio=house.south, at=house.at, prefix="N00000", first=0)
    theirs = Customer.objects.get()
    Customer.objects.update(number="N000001")
    job = bring_in(table(3), house.supervisor)
    assert counts(job) == (2, 0, 0, 1)
    assert reported(job) == [(3, "客户编号", "not_available")]
    assert "S1" not in problem_words("not_available")
    theirs.refresh_from_db()
    assert theirs.version == 1


def test_a_number_that_stands_twice_goes_in_once(house):
    rows = [table_row(0), table_row(1), [*table_row(0)[:1], *table_row(2)[1:]]]
    job = bring_in(any_file("utf-8", HEADER, rows), house.supervisor)
    assert counts(job) == (2, 0, 0, 1)
    assert reported(job) == [(4, "客户编号", "number_twice")]
    assert ImportProblem.objects.filter(job=job.id).get().params == {"line": 2}


def test_two_numbers_with_one_id_are_warned_of_within_reach_only(house):
    identity = HEADER.index("身份证号")
    bulk_make(1, portfolio=house.south, at=house.at, first=5)
    bulk_make(1, portfolio=house.north, at=house.at, first=6)
    rows = [table_row(number) for number in (0, 1, 5, 6)]
    rows[1][identity] = rows[0][identity]
    job = bring_in(any_file("utf-8", HEADER, rows), house.supervisor)
    assert counts(job) == (4, 0, 0, 0)
    assert reported(job) == [(3, "身份证号", "same_person_in_file"), (5, "身份证号", "same_person")]
    assert job.outcome["warned"] == 2


def test_each_refusal_has_line_column_and_reason_and_no_value(house):
    rows = [table_row(number) for number in range(6)]
    rows[0][MOBILE] = "154 12"
    rows[1][HEADER.index("备注")] = "请打 15400000018"
    rows[2][HEADER.index("身份证号")] = rows[2][HEADER.index("身份证号")][:-1] + "?"
    rows[3][0] = ""
    rows[4][0] = "15400000018"
    job = bring_in(any_file("utf-8", HEADER, rows), house.supervisor)
    assert counts(job) == (1, 0, 0, 5)
    assert reported(job) == [
        (2, "手机号", "not_a_mobile"),
        (3, "备注", "holds_higher"),
        (4, "身份证号", "not_an_id_number"),
        (5, "客户编号", "number_empty"),
        (6, "客户编号", "number_is_personal"),
    ]
    held = str(list(ImportProblem.objects.values())) + str(job.__dict__)
    assert "15400000018" not in held
    assert "154 12" not in held


def test_a_scenario_that_insists_asks_new_customers_for_what_is_required(house):
    data = any_file("utf-8", ("编号", "城市"), [["N1", "北京"]])
    assert counts(bring_in(data, house.supervisor)) == (1, 0, 0, 0)
    data = any_file("utf-8", ("编号", "城市"), [["N2", "北京"], ["N1", "上海"]])
    job = check(data, house.supervisor, scenario="registration")
    assert counts(job) == (0, 1, 0, 1)
    assert [code for _, _, code in reported(job)] == ["required"]


def test_dates_of_the_relationship_come_along(house):
    data = any_file(
        "utf-8",
        ("编号", "开户日期", "销户日期"),
        [["N1", "2020/1/5", ""], ["N2", "2020-01-05", "2019-01-01"]],
    )
    job = bring_in(data, house.supervisor)
    assert counts(job) == (1, 0, 0, 1)
    assert Customer.objects.get().relationship_since == date(2020, 1, 5)
    data = any_file("utf-8", ("编号", "销户日期"), [["N1", "2019-01-01"]])
    assert [code for _, _, code in reported(check(data, house.supervisor))] == ["dates_crossed"]


def test_events_name_what_was_done_and_to_whom(house):
    job = bring_in(table(5), house.supervisor)
    kinds = ["import.started", "import.wrote", "import.finished"]
    events = {event.kind: event for event in Event.objects.filter(kind__in=kinds)}
    assert {event.actor_number for event in events.values()} == {house.supervisor.number}
    assert events["import.finished"].facts["created"] == 5
    assert events["import.wrote"].facts["fields"] == sorted(CODES[1:])
    exposures = Exposure.objects.filter(event=events["import.wrote"])
    assert set(exposures.values_list("customer", flat=True)) == set(
        Customer.objects.values_list("ref", flat=True)
    )
    assert all(row.act == "written" and row.digest for row in exposures)
    assert job.done == job.total == 5


def test_only_supervisors_import_and_only_into_their_portfolios(house):
    for actor in (house.agent, house.head, house.officer):
        with pytest.raises(NotAllowed):
            upload(b"x", actor)
    with pytest.raises(MayNoLonger):
        check(table(1), house.supervisor, portfolio="S1")


@pytest.mark.parametrize("loss", ["role", "freeze", "portfolio"])
def test_a_job_stops_when_its_person_may_no_longer(house, loss):
    tried = check(table(3), house.supervisor)
    job = start(tried, house.supervisor)
    if loss == "role":
        RoleHolding.objects.filter(person_id=house.supervisor.id).update(until=clock())
    elif loss == "freeze":
        Freeze.objects.create(person_id=house.supervisor.id, at=clock(), by_number="X")
    else:
        house.north.department = house.south.department
        house.north.save()
    running.run(job.id, run.run)
    job.refresh_from_db()
    expected = {"role": "owner_may_not", "freeze": "owner_gone", "portfolio": "portfolio_not_available"}
    assert job.error_code == expected[loss]
    assert not Customer.objects.exists()


def test_nobody_starts_what_another_tried_out(house):
    tried = check(table(3), house.supervisor)
    with pytest.raises(NotReady):
        imports.start_import(tried.id, by=house.outsider, at=clock())
    with pytest.raises(NotReadable):
        imports.examine(upload(table(1), house.supervisor), by=house.outsider, at=clock())


def test_a_dry_run_is_imported_once(house):
    tried = check(table(3), house.supervisor)
    imports.start_import(tried.id, by=house.supervisor, at=clock())
    with pytest.raises(NotReady):
        imports.start_import(tried.id, by=house.supervisor, at=clock())


def test_a_second_mapping_takes_the_file_from_the_first_dry_run(house):
    examined = examine(table(3), house.supervisor)
    facts = {"portfolio": "N1", "by": house.supervisor, "at": clock()}
    imports.start_check(examined, mapping=proposed(examined), **facts)
    again = imports.start_check(examined, mapping={0: "number"}, **facts)
    running.run(again.id, run.check)
    again.refresh_from_db()
    assert counts(again) == (3, 0, 0, 0)


def test_the_upload_is_unreadable_a_day_after_the_job(house):
    job = bring_in(table(3), house.supervisor)
    file = SealedFile.objects.get(id=job.parameters["file"])
    assert job.finished_at is not None
    assert timedelta(hours=23) < file.keep_until - job.finished_at <= timedelta(hours=24)
    assert "customers.csv" not in file.name


def test_a_file_past_its_term_is_not_imported(house):
    tried = check(table(3), house.supervisor)
    SealedFile.objects.update(keep_until=clock())
    with pytest.raises(NotReady):
        imports.start_import(tried.id, by=house.supervisor, at=clock())


def test_a_changed_world_does_not_slip_past_the_signature(house, monkeypatch):
    monkeypatch.setattr(run, "CHANGES_WITHOUT_SIGNATURE", 3)
    tried = check(table(5), house.supervisor)
    job = start(tried, house.supervisor)
    for number in range(5):
        records.create(
            number=f"N{number:06d}",
            portfolio="N1",
            values={"full_name": "张示例"},
            scenario="registration",
            source="phone",
            by=house.agent,
            at=clock(),
        )
    running.run(job.id, run.run)
    job.refresh_from_db()
    assert job.error_code == "needs_signature"
    assert set(Customer.objects.values_list("version", flat=True)) == {1}


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"PK\x03\x04broken", b"\xff\xfe\x00"])
def test_a_damaged_file_gets_one_clear_error(house, data):
    with pytest.raises(Unreadable) as refused:
        examine(data, house.supervisor)
    assert problem_words(refused.value.code, refused.value.params)


def test_a_file_that_is_damaged_far_down_writes_nothing(house):
    rows = [[f"N{number}", "备" * 400] for number in range(1100)]
    data = text_file(("客户编号", "备注"), rows, "utf-8") + b"N9," + b"\xff\xff\xff\n"
    job = check(data, house.supervisor)
    assert job.error_code == "wrong_encoding"
    assert not Customer.objects.exists()


@pytest.mark.parametrize("form", TEXT_FORMATS)
def test_a_long_file_is_looked_into_without_reading_it_all(house, form):
    rows = [[f"N{number}", "张示例", "备注" * 400] for number in range(1600)]
    examined = examine(any_file(form, ("编号", "姓名", "备注"), rows), house.supervisor)
    assert [column.target for column in examined.columns] == ["number", "full_name", "service_note"]
    assert examined.sampled > 100


def test_who_goes_on_after_a_crash_knows_the_rows_that_are_done(house, monkeypatch):
    monkeypatch.setattr(run, "BATCH_ROWS", 4)
    rows = [table_row(number) for number in range(8)]
    rows[5][0] = rows[1][0]
    rows[6][HEADER.index("身份证号")] = rows[0][HEADER.index("身份证号")]
    job = start(check(any_file("utf-8", HEADER, rows), house.supervisor), house.supervisor)
    batch = run._batch

    def dies(turn, plan, rows, counts, *, writes):
        if counts.rows:
            raise RuntimeError
        batch(turn, plan, rows, counts, writes=writes)

    monkeypatch.setattr(run, "_batch", dies)
    running.run(job.id, run.run)
    job.refresh_from_db()
    assert (job.done, job.finished_at) == (4, None)
    monkeypatch.setattr(run, "_batch", batch)
    running.run(job.id, run.run)
    job.refresh_from_db()
    assert counts(job) == (7, 0, 0, 1)
    assert reported(job) == [(7, "客户编号", "number_twice"), (8, "身份证号", "same_person_in_file")]


def test_a_file_larger_than_is_read_is_not_even_stored(house, monkeypatch):
    monkeypatch.setattr(imports, "LARGEST", 1000)
    with pytest.raises(Unreadable) as refused:
        upload(table(50), house.supervisor)
    assert refused.value.code == "too_big"
    assert not SealedFile.objects.exists()


def test_a_file_without_column_names_shows_nothing_of_its_first_row(house):
    data = any_file("utf-8", table_row(0), [table_row(1)])
    with pytest.raises(HeaderMissing):
        examine(data, house.supervisor)


def test_numbers_that_excel_has_rounded_are_refused(house):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    sheet.append(["客户编号", "身份证号"])
    sheet.append(["N1", 119900199001010010])
    out = io.BytesIO()
    book.save(out)
    job = check(out.getvalue(), house.supervisor, mapping={0: "number", 1: "resident_id"})
    assert reported(job) == [(2, "身份证号", "rounded_by_excel")]
