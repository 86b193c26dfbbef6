"""The personnel file: read in many shapes, compared with today, confirmed whole or not at all."""

import pytest

from access.services import hr_files
from access.services.hr_files import NotConfirmed
from documents.reading import Unreadable
from staff import queries
from staff.hr.comparing import Problem
from staff.hr.reading import ColumnsMissing
from staff.models import Headship, HrFile, Person
from staff.roles import AGENT, OFFICER, SECURITY, SUPERVISOR
from staff.services.hr_files import bring
from staff.services.people import NotAllowed
from staff.step_up import StepUpNeeded
from tests.staff.company import JOINED, Company, facts_since, kinds_since, last_event
from trail.actor import Actor

pytestmark = pytest.mark.django_db

HEADER = "工号,状态,部门"


@pytest.fixture
def manager(company: Company) -> Actor:
    return company.actor(company.person("S1", SECURITY, department="hq"))


def take(
    company: Company, manager: Actor, *rows: str, header: str = HEADER, encoding: str = "utf-8"
) -> HrFile:
    return bring("\n".join((header, *rows)).encode(encoding), by=manager, at=company.at)


def differs(company: Company, manager: Actor, *rows: str, **more):
    return hr_files.diff_of(take(company, manager, *rows, **more), by=manager, at=company.at)


def test_tells_leavers_movers_unknown_and_unchanged_apart(company: Company, manager: Actor) -> None:
    for number in ("A1", "A2", "A3", "A4"):
        company.person(number, AGENT)
    found = differs(
        company,
        manager,
        "a1,离职,",
        "A2,在职,service",
        "A3,在职,calls",
        "X9,在职,calls",
        "X8,离职,whatever",
        "S1,在职,hq",
    )
    assert [(one.number, one.department, one.to) for one in found.leavers] == [("A1", "calls", "")]
    assert [(one.number, one.department, one.to) for one in found.movers] == [("A2", "calls", "service")]
    assert [line.number for line in found.unknown] == ["X9"]
    assert (found.unchanged, found.missing, found.problems) == (3, ["A4"], [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_reads_the_encodings_that_offices_use(company: Company, manager: Actor, encoding: str) -> None:
    company.person("A1", AGENT)
    found = differs(company, manager, "A1,离职,坐席一部", encoding=encoding)
    assert [one.number for one in found.leavers] == ["A1"]


def test_knows_columns_by_many_names_and_in_any_order(company: Company, manager: Actor) -> None:
    company.person("A1", AGENT)
    found = differs(company, manager, "x,calls,Left,A1", header="Remark,Department,STATUS,Staff Number")
    assert [one.number for one in found.leavers] == ["A1"]


def test_names_every_bad_cell_by_row_and_column_and_then_takes_none(company: Company, manager: Actor) -> None:
    leaver = company.person("A1", AGENT)
    file = take(company, manager, "A1,离职,", ",在职,calls", "A2,休假,calls", "A3,在职,火星", "A1,在职,calls")
    found = hr_files.diff_of(file, by=manager, at=company.at)
    assert found.problems == [
        Problem(3, "number", "number_missing"),
        Problem(4, "state", "state_unknown"),
        Problem(5, "department", "department_unknown"),
        Problem(6, "number", "number_twice"),
    ]
    start = last_event()
    with pytest.raises(NotConfirmed, match="problems"):
        hr_files.confirm(file.pk, seen=found.digest, by=manager, at=company.at)
    leaver.refresh_from_db()
    assert leaver.left_at is None
    assert kinds_since(start) == []


def test_says_what_no_column_holds(company: Company, manager: Actor) -> None:
    with pytest.raises(ColumnsMissing) as missing:
        take(company, manager, "A1", header="工号")
    assert missing.value.columns == ("state", "department")
    with pytest.raises(Unreadable):
        bring(b"%PDF-1.7", by=manager, at=company.at)


def test_nobody_lets_a_file_change_themselves(company: Company, manager: Actor) -> None:
    assert differs(company, manager, "S1,离职,").problems == [Problem(2, "state", "yourself")]
    assert differs(company, manager, "S1,在职,calls").problems == [Problem(2, "department", "yourself")]


def test_a_leaver_is_cut_off_and_a_mover_loses_what_came_with_the_place(
    company: Company, manager: Actor
) -> None:
    leaver, mover = company.person("A1", AGENT), company.person("A2", SUPERVISOR, OFFICER)
    Headship.objects.create(person=mover, department=company.tree["calls"], since=JOINED)
    file = take(company, manager, "A1,离职,", "A2,在职,service")
    start = last_event()
    seen = hr_files.diff_of(file, by=manager, at=company.at).digest
    hr_files.confirm(file.pk, seen=seen, by=manager, at=company.at)
    assert kinds_since(start) == ["staff.left", "staff.role_taken", "staff.moved", "staff.hr_file_confirmed"]
    leaver.refresh_from_db()
    mover.refresh_from_db()
    assert leaver.left_at == company.at
    assert queries.roles_of(leaver, company.at) == frozenset()
    assert (mover.department.code, mover.moved_at) == ("service", company.at)
    # What reaches customers through a place ends with it; a role of the whole firm goes along.
    assert queries.roles_of(mover, company.at) == {OFFICER}
    (facts,) = facts_since(start, "staff.hr_file_confirmed")
    assert (facts["rows"], facts["leavers"], facts["movers"], facts["unknown"]) == (2, 1, 1, 0)


def test_is_confirmed_once_and_as_it_was_read(company: Company, manager: Actor) -> None:
    person = company.person("A1", AGENT)
    file = take(company, manager, "A1,在职,service")
    seen = hr_files.diff_of(file, by=manager, at=company.at).digest
    with pytest.raises(NotConfirmed, match="changed"):
        hr_files.confirm(file.pk, seen="x", by=manager, at=company.at)
    Person.objects.filter(pk=person.pk).update(department=company.tree["hq"])
    with pytest.raises(NotConfirmed, match="changed"):
        hr_files.confirm(file.pk, seen=seen, by=manager, at=company.at)
    seen = hr_files.diff_of(file, by=manager, at=company.at).digest
    hr_files.confirm(file.pk, seen=seen, by=manager, at=company.at)
    with pytest.raises(NotConfirmed, match="confirmed"):
        hr_files.confirm(file.pk, seen=seen, by=manager, at=company.at)


def test_is_for_the_security_manager_with_a_fresh_factor(company: Company, manager: Actor) -> None:
    officer = company.actor(company.person("O1", OFFICER))
    with pytest.raises(NotAllowed):
        take(company, officer, "A1,离职,")
    file = take(company, manager)
    with pytest.raises(NotAllowed):
        hr_files.confirm(file.pk, seen="", by=officer, at=company.at)
    stale = company.actor(Person.objects.get(number="S1"), factor=False)
    with pytest.raises(StepUpNeeded):
        hr_files.confirm(file.pk, seen="", by=stale, at=company.at)
