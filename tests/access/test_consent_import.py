"""Bringing existing consents in: what a row says, who may, twice is once, killed and resumed."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import pytest
from django.utils import timezone

from access.consent_import import run
from access.consent_import.rows import ColumnsMissing, names_of, places, read
from access.queries.waiting_consents import waiting
from access.services import consent_import as importing
from consent.models import GIVEN, IMPORT, REFUSED, WITHDRAWN, ConsentRecord, NoticeVersion
from consent.queries.states import states
from consent.services.records import asked_of
from customers.models import ImportProblem
from customers.services.imports import NotReady
from documents.reading import Row
from files.models import FileChunk
from jobs import running
from jobs.models import Job
from staff.models import RoleHolding
from staff.services.people import NotAllowed
from tests.access.cast import Cast, exposures_since, kinds_since, last_event, now
from tests.consent.builders import YEAR, published

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
HEADER = "客户编号,处理目的,答复,日期,方式,单独同意,有效期"


@pytest.fixture
def notice(cast: Cast) -> NoticeVersion:
    return published(cast.at - YEAR, "service", "quality")


def tried(cast: Cast, notice: NoticeVersion, *lines: str, header: str = HEADER, by=None) -> Job:
    """Upload a file and try it out here, as a worker would."""
    stream = BytesIO("\n".join([header, *lines]).encode())
    at = now()
    job = importing.start_check(
        stream, name="old.csv", version=notice, language="zh-hans", by=by or cast.supervisor(), at=at
    )
    running.run(job.id, run.check)
    return Job.objects.get(id=job.id)


def brought(check: Job, by) -> Job:
    job = importing.start_import(check.id, by=by, at=now())
    running.run(job.id, run.run)
    return Job.objects.get(id=job.id)


def problems(job: Job) -> list[tuple[int, str, str]]:
    rows = ImportProblem.objects.filter(job=job.id).order_by("line", "id")
    return list(rows.values_list("line", "column", "code"))


def test_a_row_becomes_a_record_that_waits_for_a_second_person(cast: Cast, notice: NoticeVersion) -> None:
    customer, supervisor = cast.customer("C-1"), cast.supervisor()
    check = tried(cast, notice, "C-1,客服服务,同意,2026-01-05,纸质,是,2027-01-04", by=supervisor)
    assert check.outcome == {"rows": 1, "taken": 1, "known": 0, "refused": 0}
    assert not ConsentRecord.objects.exists(), "a dry run records nothing"
    before = last_event()
    brought(check, supervisor)
    row = ConsentRecord.objects.get()
    assert (row.subject, row.purpose, row.answer, row.method) == (customer.ref, "service", GIVEN, "paper")
    assert (row.source, row.separate, row.captured_by_id) == (IMPORT, True, supervisor.id)
    assert timezone.localdate(row.effective_at).isoformat() == "2026-01-05"
    assert timezone.localtime(row.valid_until).isoformat()[:16] == "2027-01-05T00:00"
    assert "mobile" in row.fields
    assert kinds_since(before).count("consent.imported") == 1
    assert [one.act for one in exposures_since(before, customer.ref)] == ["written"]
    assert list(waiting(cast.supervisor(), now())) == [row]
    assert not waiting(supervisor, now()).exists()


def test_the_same_row_twice_is_one_record(cast: Cast, notice: NoticeVersion) -> None:
    supervisor = cast.supervisor()
    cast.customer("C-1")
    line = "C-1,service,given,2026-01-05,paper,yes,"
    first = brought(tried(cast, notice, line, line, by=supervisor), supervisor)
    assert (first.outcome["taken"], first.outcome["known"]) == (1, 1)
    again = tried(cast, notice, line, "C-1,quality,no,2026-01-05,call,,", by=supervisor)
    assert (again.outcome["taken"], again.outcome["known"]) == (1, 1)
    brought(again, supervisor)
    assert ConsentRecord.objects.count() == 2


def test_the_latest_answer_of_a_file_counts_whatever_its_order(cast: Cast, notice: NoticeVersion) -> None:
    supervisor, customer = cast.supervisor(), cast.customer("C-1")
    lines = ("C-1,service,withdrawn,2026-03-01,paper,,", "C-1,service,given,2026-01-05,paper,yes,")
    brought(tried(cast, notice, *lines, by=supervisor), supervisor)
    assert states([customer.ref], now())[customer.ref, "service"].state == WITHDRAWN


def test_reports_each_refused_row_by_line_column_and_reason(cast: Cast, notice: NoticeVersion) -> None:
    cast.customer("C-1")
    cast.customer("S-1", "south")
    job = tried(
        cast,
        notice,
        "C-1,service,yes,2026-01-05,paper,,",
        ",service,yes,2026-01-05,paper,,",
        "S-1,service,yes,2026-01-05,paper,,",
        "NONE,service,yes,2026-01-05,paper,,",
        "C-1,marketing,yes,2026-01-05,paper,,",
        "C-1,service,maybe,05/01/2026,smoke,perhaps,",
        "C-1,service,yes,2099-01-05,paper,,",
        "C-1,service,yes,1990-01-05,paper,,",
        "C-1,service,yes,2026-01-05,paper,,2025-12-31",
    )
    assert job.outcome == {"rows": 9, "taken": 1, "known": 0, "refused": 8}
    assert problems(job) == [
        (3, "客户编号", "number_missing"),
        (4, "客户编号", "not_available"),
        (5, "客户编号", "not_available"),
        (6, "处理目的", "unknown_purpose"),
        (7, "答复", "unknown_answer"),
        (7, "方式", "unknown_method"),
        (7, "单独同意", "unknown_separate"),
        (7, "日期", "ambiguous_date"),
        (8, "日期", "too_late"),
        (9, "日期", "too_early"),
        (10, "有效期", "valid_before"),
    ]


def test_acts_as_the_person_and_stops_where_the_role_has_gone(cast: Cast, notice: NoticeVersion) -> None:
    supervisor = cast.supervisor()
    cast.customer("C-1")
    check = tried(cast, notice, "C-1,service,yes,2026-01-05,paper,,", by=supervisor)
    job = importing.start_import(check.id, by=supervisor, at=now())
    assert supervisor.id is not None
    RoleHolding.objects.filter(person_id=supervisor.id).update(until=now())
    running.run(job.id, run.run)
    assert Job.objects.get(id=job.id).error_code == "owner_may_not"
    assert not ConsentRecord.objects.exists()


def test_goes_on_after_the_last_batch_that_was_done(
    cast: Cast, notice: NoticeVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "BATCH_ROWS", 2)
    supervisor = cast.supervisor()
    for number in range(5):
        cast.customer(f"C-{number}")
    lines = [f"C-{number},service,yes,2026-01-05,paper,," for number in range(5)]
    job = importing.start_import(tried(cast, notice, *lines, by=supervisor).id, by=supervisor, at=now())
    chunk = FileChunk.objects.get(file_id=job.parameters["file"])

    class Killed(BaseException):
        """What a killed worker never comes back from."""

    whole = run._batch

    def dies(turn, *more, **how):
        if turn.job.cursor.get("line"):
            raise Killed
        whole(turn, *more, **how)

    monkeypatch.setattr(run, "_batch", dies)
    with pytest.raises(Killed):
        running.run(job.id, run.run)
    assert ConsentRecord.objects.count() == 2
    monkeypatch.setattr(run, "_batch", whole)
    Job.objects.filter(id=job.id).update(lease_until=now())
    running.run(job.id, run.run)
    assert ConsentRecord.objects.count() == 5
    assert Job.objects.get(id=job.id).outcome == {"rows": 5, "taken": 5, "known": 0, "refused": 0}
    assert chunk.pk


def test_a_dry_run_is_used_once(cast: Cast, notice: NoticeVersion) -> None:
    supervisor = cast.supervisor()
    cast.customer("C-1")
    check = tried(cast, notice, "C-1,service,yes,2026-01-05,paper,,", by=supervisor)
    importing.start_import(check.id, by=supervisor, at=now())
    with pytest.raises(NotReady):
        importing.start_import(check.id, by=supervisor, at=now())
    with pytest.raises(NotReady):
        importing.start_import(check.id, by=cast.supervisor(), at=now())


def test_is_for_those_who_import(cast: Cast, notice: NoticeVersion) -> None:
    with pytest.raises(NotAllowed):
        tried(cast, notice, "C-1,service,yes,2026-01-05,paper,,", by=cast.agent())


def test_names_the_columns_that_are_missing() -> None:
    assert places(["Customer Number", "purpose", "consent", "DATE", "method", "note"]) == {
        "number": 0,
        "purpose": 1,
        "answer": 2,
        "date": 3,
        "method": 4,
    }
    with pytest.raises(ColumnsMissing) as refused:
        places(["客户编号", "日期"])
    assert refused.value.columns == ("purpose", "answer", "method")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("同意", GIVEN), ("Yes", GIVEN), ("已拒绝", REFUSED), ("0", REFUSED), ("撤回", WITHDRAWN), ("", "")],
)
def test_understands_answers_as_people_write_them(notice: NoticeVersion, typed: str, answer: str) -> None:
    where = places(HEADER.split(","))
    row = Row(2, ("C-1", "Customer service", typed, "2026年1月5日", "录音", "", ""))
    found = read(row, where, names_of(asked_of(notice)))
    assert (found.purpose, found.answer, found.method) == ("service", answer, "call")
    assert isinstance(found.effective_at, datetime)
