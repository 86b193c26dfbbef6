"""Every writer tells the trail what it left behind; whatever is changed past it is found and named."""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import blake2b, sha256
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from custinfo.demo import records as demo
from custinfo.demo.cast import CAST
from customers import events
from customers.digests import RECORD, SEALED_ALONE, VALUES_ALONE, differing, document_digest, read_digest
from customers.models import Customer
from customers.services import placing, records
from customers.values import Open
from customers.verification import looking, run
from customers.verification.looking import PART_ROWS, Found, Row, look, look_at_all, parts_for
from jobs import running
from staff.models import Person
from tests.customers.builders import bulk_make
from tests.customers.files import any_file
from tests.customers.importing import HEADER, bring_in, table_row
from tests.customers.labels import relabel
from trail.exposed import WRITTEN, Exposed
from trail.models import Event, Exposure
from trail.services import clock, record

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
VALUES = {"full_name": "欧阳示例", "mobile": "15400000018", "email": "a.nobody@example.com"}


def create(house, number: str, **values: str) -> UUID:
    return records.create(
        number=number,
        portfolio=house.north.code,
        values=VALUES | values,
        scenario="maintenance",
        source="customer",
        by=house.agent,
        at=clock(),
    ).ref


def edit(house, ref: UUID, clear=(), **values: str) -> None:
    records.edit(
        ref=ref,
        version=Customer.objects.get(ref=ref).version,
        values=values,
        clear=clear,
        scenario="maintenance",
        source="phone",
        by=house.agent,
        at=clock(),
    )


def held(**columns: Any) -> Row:
    """Return a record of nobody."""
    plain: dict[str, Any] = {
        "ref": uuid4(),
        "version": 1,
        "open": {},
        "sealed": {},
        "salt": uuid4(),
        "number": "V-1",
    }
    days = {"relationship_since": None, "relationship_until": None}
    return Row(**{**plain, "portfolio_id": 1, "tier": "standard", **days, **columns})


def found() -> list[Found]:
    return [one for looked in look_at_all() for one in looked.found]


def last_event(ref: UUID) -> int:
    row = Exposure.objects.filter(customer=ref, act=WRITTEN).order_by("-id").first()
    assert row is not None
    return int(row.event_id)


def behind(statement: str, *parameters: str | int | UUID) -> None:
    """Do what no service does."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        assert cursor.rowcount > 0


def put(ref: UUID, sealed: dict[str, str]) -> None:
    behind("update customers_customer set sealed = %s where ref = %s", json.dumps(sealed), ref)


def put_open(ref: UUID, values: dict[str, Open]) -> None:
    behind("update customers_customer set open = %s where ref = %s", json.dumps(values), ref)


def open_of(ref: UUID) -> dict[str, Open]:
    return dict(Customer.objects.get(ref=ref).open)


def sealed_of(ref: UUID) -> dict[str, str]:
    return dict(Customer.objects.get(ref=ref).sealed)


def test_no_writer_is_accused(house) -> None:
    refs = [create(house, f"V-{number}") for number in range(2)]
    people = {"person": house.outsider.id, "by": house.head}
    rows = [any_file("utf-8", HEADER, [table_row(one, seed=seed) for one in range(3)]) for seed in (0, 1)]
    acts = (
        lambda: edit(house, refs[0], mobile="15400000026"),
        lambda: edit(house, refs[1], clear=["email"]),
        lambda: bring_in(rows[0], house.supervisor),
        lambda: bring_in(rows[1], house.supervisor),
        lambda: relabel(house, "city", level=3),
        lambda: relabel(house, "email", level=2, index="none", opening_reason="邮箱已由客户公开"),
        lambda: placing.assign(ref=refs[1], at=clock(), **people),
        lambda: placing.unassign(ref=refs[1], at=clock(), **people),
        lambda: placing.set_tier(ref=refs[1], tier="vip", by=house.head, at=clock()),
        lambda: placing.move(ref=refs[0], portfolio=house.south.code, by=house.head, at=clock()),
    )
    for act in acts:
        act()
        assert found() == []
    assert Customer.objects.count() == 5


def test_the_demo_is_not_accused(house, monkeypatch) -> None:
    monkeypatch.setattr(demo, "PORTFOLIOS", [("N1", "", "")])
    monkeypatch.setattr(demo, "actor", lambda *_: house.supervisor)
    monkeypatch.setattr(demo, "_give_vips", lambda *_: None)
    people = {member.number: Person.objects.get(pk=house.supervisor.id) for member in CAST}
    assert demo.make_customers(people, 3, clock()) == 3
    assert found() == []


def test_an_exposure_without_digest_hides_nothing(house) -> None:
    """Consents and values handed over are written of a customer, too, and say nothing of the document."""
    ref = create(house, "V-1")
    told = last_event(ref)
    kind = Event.objects.get(id=told)
    record(events.TAKEN, by=house.head, at=clock(), facts={"person": ""}, exposures=[Exposed(ref, WRITTEN)])
    assert found() == []
    put(ref, {})
    assert found() == [Found(ref, "changed", ("email", "mobile"), told, kind.at)]


def test_a_value_rolled_back_is_found_and_named(house) -> None:
    ref = create(house, "V-1")
    old = sealed_of(ref)["mobile"]
    edit(house, ref, mobile="15400000026")
    put(ref, sealed_of(ref) | {"mobile": old})
    (one,) = found()
    assert (one.customer, one.code, one.fields, one.event) == (ref, "changed", ("mobile",), last_event(ref))


def test_a_whole_record_rolled_back_is_found(house) -> None:
    ref = create(house, "V-1")
    edit(house, ref, city="广州")
    behind("update customers_customer set version = 1 where ref = %s", ref)
    (one,) = found()
    assert (one.customer, one.code, one.fields) == (ref, "changed", ())


def test_values_swapped_between_customers_are_found(house) -> None:
    first, second = create(house, "V-1"), create(house, "V-2", mobile="15400000026")
    one, other = sealed_of(first), sealed_of(second)
    put(first, one | {"mobile": other["mobile"]})
    put(second, other | {"mobile": one["mobile"]})
    assert {(each.customer, each.fields) for each in found()} == {(first, ("mobile",)), (second, ("mobile",))}


def test_values_swapped_between_fields_are_found(house) -> None:
    ref = create(house, "V-1")
    held = sealed_of(ref)
    put(ref, {"mobile": held["email"], "email": held["mobile"]})
    (one,) = found()
    assert one.fields == ("email", "mobile")


def test_a_whole_document_of_another_customer_is_found(house) -> None:
    first, second = create(house, "V-1"), create(house, "V-2")
    put(first, sealed_of(second))
    (one,) = found()
    assert (one.customer, one.fields) == (first, ("email", "mobile"))


def test_added_and_removed_values_are_found(house) -> None:
    ref = create(house, "V-1")
    held = sealed_of(ref)
    put(ref, {"mobile": held["mobile"], "address": held["email"]})
    (one,) = found()
    assert one.fields == ("address", "email")


def test_a_deleted_row_is_found(house) -> None:
    ref = create(house, "V-1")
    behind("delete from customers_indexentry where customer_id in (select id from customers_customer)")
    behind("delete from customers_customer where ref = %s", ref)
    (one,) = found()
    assert (one.customer, one.code, one.event) == (ref, "deleted", last_event(ref))


def test_an_inserted_row_is_found(house) -> None:
    create(house, "V-1")
    (ref,) = bulk_make(1, portfolio=house.north, at=clock())
    (one,) = found()
    assert (one.customer, one.code, one.event) == (ref, "inserted", None)


def test_what_was_told_before_is_incomplete_and_no_accusation(house, capsys) -> None:
    (ref,) = bulk_make(1, portfolio=house.north, at=clock())
    exposed = Exposed(ref, WRITTEN, digest=b"\x07" * 32)
    record(events.TAKEN, by=house.head, at=clock(), facts={"person": ""}, exposures=[exposed])
    with pytest.raises(SystemExit) as left:
        call_command("verify_values")
    assert left.value.code == 2
    assert not Event.objects.filter(kind="values.tampered").exists()


def test_the_command_names_customers_and_fields_and_no_value(house, capsys) -> None:
    whole, ref = create(house, "V-1"), create(house, "V-2")
    call_command("verify_values")
    assert str(ref) not in capsys.readouterr().out
    put(ref, {"mobile": sealed_of(whole)["mobile"]})
    behind("update customers_customer set tier = 'vip' where ref = %s", ref)
    with translation.override("en"), pytest.raises(SystemExit) as left:
        call_command("verify_values")
    said = capsys.readouterr().out
    assert left.value.code == 1
    assert str(ref) in said
    assert "number, portfolio, tier or dates of the relationship, email, mobile" in said
    assert str(last_event(ref)) in said
    assert str(whole) not in said
    assert "V-2" not in said
    alarm = Event.objects.get(kind="values.tampered")
    assert alarm.is_alarm
    assert (alarm.facts["customers"], alarm.facts["events"]) == ([str(ref)], [last_event(ref)])
    assert (alarm.facts["what"], alarm.facts["fields"]) == (["changed"], [RECORD, "email", "mobile"])


def test_the_weekly_job_counts_and_alarms_once_a_week(house) -> None:
    refs = [create(house, f"V-{number}") for number in range(3)]
    put(refs[1], {})
    job = run.start_due(by=house.officer, at=clock())
    assert job is not None
    assert run.start_due(by=house.officer, at=clock()) is None
    running.run(job.id, run.verify)
    job.refresh_from_db()
    assert (job.done, job.total, job.outcome["customers"], job.outcome["changed"]) == (1, 1, 3, 1)
    assert Event.objects.filter(kind="values.tampered").count() == 1
    assert Event.objects.get(kind="values.verified").facts["changed"] == 1
    last = run.last_run()
    assert last is not None
    assert (last.customers, last.tampered, last.untold) == (3, 1, 0)


def test_a_job_goes_on_where_it_was_killed(house, monkeypatch) -> None:
    refs = [create(house, f"V-{number}") for number in range(4)]
    for ref in refs:
        put(ref, {})
    monkeypatch.setattr(looking, "PART_ROWS", 1)
    job = run.start_due(by=house.officer, at=clock())
    assert job is not None
    assert job.total == 4
    calls = iter(range(8))

    def dying(part: int, parts: int) -> looking.Looked:
        if next(calls) == 2:
            raise MemoryError
        return look(part, parts)

    monkeypatch.setattr(run, "look", dying)
    running.run(job.id, run.verify)
    monkeypatch.setattr(looking, "PART_ROWS", 5_000)  # it goes on in the parts that it began with
    running.run(job.id, run.verify)
    job.refresh_from_db()
    assert job.done == 4
    assert (job.outcome["customers"], job.outcome["changed"]) == (4, 4)
    alarms = Event.objects.filter(kind="values.tampered").values_list("facts__customers", flat=True)
    assert sorted(ref for some in alarms for ref in some) == sorted(map(str, refs))


def test_each_part_is_two_index_ranges(house) -> None:
    create(house, "V-1")
    first, last = looking.bounds(3, 256)
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("explain " + looking.LOOK, [first, last, first, last])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan" not in plan
    assert "trail_exposure_2" in plan
    assert "_customer_id_idx" in plan


@pytest.mark.parametrize("parts", [1, 2, 8, 1024])
def test_parts_cover_every_ref_once(parts) -> None:
    ends = [looking.bounds(part, parts) for part in range(parts)]
    assert (ends[0][0].int, ends[-1][1].int) == (0, (1 << 128) - 1)
    assert all(last.int + 1 == first.int for (_, last), (first, _) in pairwise(ends))


@pytest.mark.parametrize(
    ("customers", "parts"),
    [(0, 1), (1, 1), (2_000, 1), (5_000, 1), (5_001, 2), (20_001, 8), (1_000_000, 256), (5_000_000, 1024)],
)
def test_there_are_as_many_parts_as_keep_each_small(customers, parts) -> None:
    assert parts_for(customers) == parts
    assert customers / parts <= PART_ROWS
    assert parts == 1 or customers / parts > PART_ROWS / 4


def test_a_small_house_is_verified_in_a_handful_of_statements(house) -> None:
    bulk_make(2_000, portfolio=house.north, at=clock())
    job = run.start_due(by=house.officer, at=clock())
    assert job is not None
    with CaptureQueriesContext(connection) as asked:
        running.run(job.id, run.verify)
    compared = [one["sql"] for one in asked if "trail_exposure where" in " ".join(one["sql"].split())]
    assert len(compared) == 2
    job.refresh_from_db()
    assert job.outcome["customers"] == 2_000
    # Each of the 2,000 was put past every act and is recorded, 500 at a time.
    assert Event.objects.filter(kind="values.tampered").count() == 4
    assert len(asked) < 40


def test_the_same_is_found_in_however_many_parts(house) -> None:
    refs = [create(house, f"V-{number}") for number in range(6)]
    bulk_make(2, portfolio=house.north, at=clock())
    put(refs[0], {})
    put_open(refs[1], {})
    behind("delete from customers_indexentry where customer_id in (select id from customers_customer)")
    behind("delete from customers_customer where ref = %s", refs[2])
    whole = {(one.customer, one.code, one.fields) for one in found()}
    assert len(whole) == 5
    for parts in (2, 16, 256):
        divided = [looking.look(part, parts) for part in range(parts)]
        told = [one for looked in divided for one in looked.found]
        assert {(one.customer, one.code, one.fields) for one in told} == whole
        assert len(told) == len(whole)
        assert sum(looked.customers for looked in divided) == 8


def test_the_erased_count_for_the_parts_as_well(house, monkeypatch) -> None:
    refs = [create(house, f"V-{number}") for number in range(4)]
    job = run.start_due(by=house.officer, at=clock())
    assert job is not None
    running.run(job.id, run.verify)
    behind("delete from customers_indexentry where customer_id in (select id from customers_customer)")
    behind("delete from customers_customer where ref <> %s", refs[0])
    monkeypatch.setattr(looking, "PART_ROWS", 1)
    assert run.parts_now() == 4


def test_a_digest_tells_version_and_fields_and_tells_documents_apart() -> None:
    row = held(version=3, open={"c": "1", "d": ["2"]}, sealed={"a": "x", "b": "y"})
    told = read_digest(document_digest(row))
    assert told is not None
    assert (told.version, sorted(told.fields)) == (3, [RECORD, "a", "b", "c", "d"])
    assert differing(told, row._replace(sealed={"b": "y", "a": "x"}, open={"d": ["2"], "c": "1"})) is None
    assert differing(told, row._replace(version=4)) == ()
    assert differing(told, row._replace(sealed={"a": "y", "b": "x"})) == ("a", "b")
    assert differing(told, row._replace(open={"c": "2", "d": ["2"]})) == ("c",)
    assert differing(told, row._replace(ref=uuid4())) == (RECORD, "a", "b", "c", "d")
    assert differing(told, row._replace(salt=uuid4())) == (RECORD, "c", "d")
    assert read_digest(b"\x07" * 32) is None


@pytest.mark.parametrize("other", [{"ab": "c"}, {"b": "bc"}, {"a": "bc", "b": ""}])
@pytest.mark.parametrize("document", ["open", "sealed"])
def test_where_a_field_ends_and_which_it_is_count(document, other) -> None:
    row = held()

    def digest(values: dict[str, str]) -> bytes:
        there = row._replace(sealed=values) if document == "sealed" else row._replace(open={**values})
        return document_digest(there)[5:37]

    assert digest({"a": "bc"}) != digest(other)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("number", "V-9"),
        ("tier", "vip"),
        ("portfolio_id", 0),
        ("relationship_since", "2001-02-03"),
        ("relationship_until", "2031-02-03"),
    ],
)
def test_a_column_of_the_record_changed_past_every_act_is_found(house, column, value) -> None:
    ref = create(house, "V-1")
    behind(f"update customers_customer set {column} = %s where ref = %s", value or house.south.pk, ref)
    (one,) = found()
    assert (one.customer, one.code, one.fields, one.event) == (ref, "changed", (RECORD,), last_event(ref))


def test_columns_are_told_apart_and_given_to_nobody_without_the_salt() -> None:
    row = held(number="V-1", tier="vip", relationship_since=date(2020, 1, 1))
    others = [
        row._replace(number="V-1vip", tier=""),
        row._replace(relationship_since=None, relationship_until=date(2020, 1, 1)),
        row._replace(portfolio_id=2),
    ]
    marks = [marks_of(one)[RECORD] for one in (row, *others, row._replace(salt=uuid4()))]
    assert len(set(marks)) == 5


def marks_of(row: Row) -> Mapping[str, bytes]:
    told = read_digest(document_digest(row))
    assert told is not None
    return told.fields


def test_a_list_is_not_its_words_and_an_open_value_is_not_a_sealed_one() -> None:
    row = held()
    documents: list[dict[str, Open]] = [{"a": "bc"}, {"a": ["bc"]}, {"a": ["b", "c"]}, {"a": "b,c"}]
    digests = [document_digest(row._replace(open=document))[5:37] for document in documents]
    digests.append(document_digest(row._replace(sealed={"a": "bc"}))[5:37])
    assert len(set(digests)) == 5


def test_an_open_value_changed_or_rolled_back_is_found_and_named(house) -> None:
    ref = create(house, "V-1", city="北京")
    edit(house, ref, city="广州")
    assert found() == []
    put_open(ref, open_of(ref) | {"city": "北京"})
    (one,) = found()
    assert (one.customer, one.code, one.fields, one.event) == (ref, "changed", ("city",), last_event(ref))


def test_open_values_swapped_between_customers_are_found_with_their_salt_too(house) -> None:
    first, second = create(house, "V-1", city="北京"), create(house, "V-2", city="广州")
    one, other = Customer.objects.get(ref=first), Customer.objects.get(ref=second)
    put_open(first, other.open)
    behind("update customers_customer set salt = %s where ref = %s", other.salt, first)
    (accused,) = found()
    assert (accused.customer, accused.fields) == (first, (RECORD, *sorted(one.open)))


def test_what_the_trail_tells_of_an_open_value_gives_it_to_nobody_without_the_row(house) -> None:
    """Two customers with the same values are told differently, and so is one before and after an edit."""
    refs = [create(house, f"V-{number}", city="北京") for number in range(2)]
    before = Customer.objects.get(ref=refs[0]).salt
    edit(house, refs[0], city="广州")
    edit(house, refs[0], city="北京")
    assert Customer.objects.get(ref=refs[0]).salt != before
    rows = Exposure.objects.filter(customer__in=refs, act=WRITTEN, digest__isnull=False)
    told = [read_digest(bytes(row.digest or b"")) for row in rows]
    marks = [one.fields["city"] for one in told if one]
    assert len(marks) == len(set(marks)) == 4
    assert not any(str(before).replace("-", "") in bytes(row.digest or b"").hex() for row in rows)


def test_a_record_told_before_open_values_were_is_incomplete_until_it_is_written(house) -> None:
    ref = create(house, "V-1")
    customer = Customer.objects.get(ref=ref)
    old = Exposed(ref, WRITTEN, digest=bytes([SEALED_ALONE]) + old_digest(customer))
    record(events.TAKEN, by=house.head, at=clock(), facts={"person": ""}, exposures=[old])
    assert [one.code for one in found()] == ["untold"]
    put(ref, {})
    assert [(one.code, one.fields) for one in found()] == [("changed", ("email", "mobile"))]
    put(ref, customer.sealed)
    edit(house, ref, city="广州")
    assert found() == []


def test_a_record_told_before_its_columns_were_is_incomplete_until_it_is_written(house) -> None:
    ref = create(house, "V-1", city="北京")
    row = Customer.objects.get(ref=ref)
    told = read_digest(document_digest(row))
    assert told is not None
    marks = {code: mark for code, mark in told.fields.items() if code != RECORD}
    before = whole_of_values(row)
    short = b"".join(bytes([len(code)]) + code.encode() + mark for code, mark in marks.items())
    exposed = Exposed(
        ref, WRITTEN, digest=bytes([VALUES_ALONE]) + row.version.to_bytes(4, "big") + before + short
    )
    record(events.TAKEN, by=house.head, at=clock(), facts={"person": ""}, exposures=[exposed])
    assert [one.code for one in found()] == ["untold"]
    put_open(ref, open_of(ref) | {"city": "广州"})
    assert [(one.code, one.fields) for one in found()] == [("changed", ("city",))]
    put_open(ref, dict(row.open))
    edit(house, ref, city="广州")
    assert found() == []


def whole_of_values(customer: Customer) -> bytes:
    """Return what format 3 said of a whole record, written out here once more."""

    def led(text: str) -> bytes:
        return len(text.encode()).to_bytes(4, "big") + text.encode()

    ref, salt = customer.ref.bytes, customer.salt.bytes
    whole = sha256(b"custinfo record 3" + ref + customer.version.to_bytes(4, "big"))
    for code, value in sorted(customer.sealed.items()):
        whole.update(led(code) + led(value))
    whole.update(len(customer.sealed).to_bytes(4, "big") + salt)
    for code, value in sorted(customer.open.items()):
        kind, texts = (b"text", [value]) if isinstance(value, str) else (b"list", value)
        said = ref + led(code) + kind + b"".join(map(led, texts))
        whole.update(blake2b(said, key=salt, digest_size=32).digest())
    return whole.digest()


def old_digest(customer: Customer) -> bytes:
    """Return what format 1 said after its first byte, written out here once more."""

    def led(text: str) -> bytes:
        return len(text.encode()).to_bytes(4, "big") + text.encode()

    parts = {code: led(code) + led(value) for code, value in sorted(customer.sealed.items())}
    version = customer.version.to_bytes(4, "big")
    whole = sha256(b"custinfo sealed document 1" + customer.ref.bytes + version + b"".join(parts.values()))
    marks = (
        bytes([len(code)]) + code.encode() + sha256(customer.ref.bytes + part).digest()[:8]
        for code, part in parts.items()
    )
    return version + whole.digest() + b"".join(marks)
