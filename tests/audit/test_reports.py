"""The monthly report: frozen with its hash, and the same numbers on the page, in the PDF and in the workbook."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.utils import timezone, translation
from openpyxl import load_workbook
from pypdf import PdfReader

from audit.models import Audit, Finding, MonthlyReport, Sighting
from audit.periods import month_before
from audit.queries.audits import AUDIT_JOB
from audit.queries.reports import hash_of
from audit.services import reports
from jobs.models import Job
from staff.services.people import NotAllowed
from tests.trail.cast import SHOWN
from trail import services as trail
from trail.actor import Actor
from trail.exposed import Exposed
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def month(cast):
    return month_before(cast.at)


@pytest.fixture
def officer(cast):
    return cast.person("officer")


@pytest.fixture
def written(cast, month, officer):
    """The report of a month in which an agent was shown seventeen values of one customer."""
    since, until = month
    agent, customer = cast.agent(), cast.customer()
    for number in range(17):
        exposed = Exposed(customer.ref, "revealed", clear=("mobile",), level=3)
        trail.record(SHOWN, by=agent, at=since + timedelta(days=3, minutes=number), exposures=[exposed])
    day = since + timedelta(days=3)
    found = Finding.objects.create(
        key="k", source="detector", code="bulk", day=timezone.localdate(day), found_at=cast.at
    )
    Sighting.objects.create(finding=found, at=cast.at, first=day, last=day, score=2.0, digest="0" * 64)
    return agent, reports.write(since, until, by=officer, at=cast.at)


def test_keeps_the_figures_of_the_month_with_their_hash(cast, written, officer):
    agent, made = written
    kept = MonthlyReport.objects.get()
    assert kept.figures["levels"] == [[3, 17, 1]]
    assert kept.figures["people"] == [[agent.number, agent.name, "north", 17, 17, 1, 0]]
    assert kept.figures["months"][-1][1:] == [17, 17, 0]
    assert [code for code, _states in kept.figures["findings"]] == ["bulk"]
    assert kept.sha256 == hash_of(kept.figures)
    event = Event.objects.get(kind="report.written")
    assert (event.id, event.facts["sha256"]) == (made.event, made.sha256)


def test_says_that_nothing_was_audited_or_sealed(written):
    from audit.report_words import pairs

    _agent, made = written
    with translation.override("en"):
        said = dict(pairs(made))
    assert said["Audit"] == "this period was not audited when the report was written"
    assert said["Trail"] == "not sealed when the report was written"


@pytest.mark.parametrize(("language", "title"), [("zh-hans", "月度审计报告"), ("en", "Monthly audit report")])
def test_prints_a_pdf_with_charts_and_numbers(cast, written, officer, language, title):
    agent, made = written
    with translation.override(language):
        file = reports.download(made.id, "pdf", by=officer, at=cast.at)
        again = reports.download(made.id, "pdf", by=officer, at=cast.at)
    told = "".join(page.extract_text() for page in PdfReader(BytesIO(file.content)).pages)
    assert title in told
    assert agent.number in told
    assert "17" in told
    assert officer.number in told
    event = Event.objects.filter(kind="report.downloaded").earliest("id")
    assert str(event.id) in told
    assert len(file.content) == pytest.approx(len(again.content), abs=64)


def test_writes_a_workbook_with_a_sheet_for_every_table(cast, written, officer):
    agent, made = written
    with translation.override("en"):
        file = reports.download(made.id, "xlsx", by=officer, at=cast.at)
    book = load_workbook(BytesIO(file.content))
    levels: list[list[Any]] = [[cell.value for cell in row] for row in book["Volumes by level"].iter_rows()]
    assert officer.number in levels[0][0]
    assert ["L3", 17, 1] in levels
    people = [[cell.value for cell in row] for row in book["Volumes by person"].iter_rows()]
    assert people[2] == [agent.name, agent.number, "north", 17, 17, 1, 0]
    assert "What was not tested" in book.sheetnames


def test_writes_only_what_is_over(cast, officer, month):
    _since, until = month
    with pytest.raises(reports.NotOver):
        reports.write(until, cast.at + timedelta(days=40), by=officer, at=cast.at)


def test_refuses_whoever_does_not_write_or_read(cast, written, month):
    _agent, made = written
    with pytest.raises(NotAllowed):
        reports.write(*month, by=cast.person("auditor"), at=cast.at)
    with pytest.raises(NotAllowed):
        reports.download(made.id, "pdf", by=cast.supervisor(), at=cast.at)


def test_may_be_written_by_the_month_s_end(cast, month):
    made = reports.write(*month, by=Actor.system("audit.report"), at=cast.at)
    assert made.made_by_number == "system"


def test_is_written_once_when_the_month_was_examined(cast, month):
    system = Actor.system("audit.report")
    assert reports.write_monthly(by=system, at=cast.at) is None
    since, until = month
    audit = Audit.objects.create(
        kind="monthly", since=since, until=until, started_at=cast.at, started_by_number="system"
    )
    assert reports.write_monthly(by=system, at=cast.at) is None
    Job.objects.create(
        kind=AUDIT_JOB,
        owner_number="system",
        created_at=cast.at,
        nudged_at=cast.at,
        finished_at=cast.at,
        parameters={"audit": str(audit.pk)},
    )
    made = reports.write_monthly(by=system, at=cast.at)
    assert made is not None
    assert made.since == since
    assert reports.write_monthly(by=system, at=cast.at) is None


def test_stays_as_it_was_written(written):
    _agent, made = written
    with pytest.raises(ProgrammingError, match="never rewritten"), connection.cursor() as cursor:
        cursor.execute("delete from audit_monthlyreport where id = %s", [made.id])
