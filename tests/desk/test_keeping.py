"""The page of keeping: what lies where until when, proposing from it, and pages that say what they cannot show."""

from datetime import UTC, date, datetime

import pytest

from approvals.models import Proposal
from approvals.services import approve
from audit.archive import run as archiving
from customers.verification import run
from jobs import running
from jobs.models import Job
from staff.roles import AUDITOR, HEAD, OFFICER, SECURITY
from tests.desk.at_work import browser, text
from tests.trail.sealing.acts import seal_all
from trail import services
from trail.archive import archived

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
PAGE = "/trail/keeping/"
OLD = date(2019, 11, 1)


@pytest.fixture
def people(cast, settings, tmp_path):
    settings.TRAIL_ARCHIVE = str(tmp_path)
    return {role: cast.person(role) for role in (OFFICER, HEAD, SECURITY, AUDITOR)}


@pytest.fixture
def old_month(people):
    services.make_partitions(by=people[OFFICER], at=services.clock(), first=OLD, months=1)
    seal_all()


def propose(people):
    return browser(people[SECURITY]).post(f"{PAGE}archive/", {"until": "2019-11", "reason": "到期"})


def gone(people) -> None:
    """Let the old month leave."""
    propose(people)
    proposal = Proposal.objects.get()
    for role in (OFFICER, HEAD):
        approve(proposal.pk, seen_hash=proposal.content_hash, by=people[role], at=services.clock())
    running.run(Job.objects.get(kind=archiving.ARCHIVE).id, archiving.run)


def test_offers_what_is_due_to_whoever_proposes_and_nothing_to_an_auditor(people, old_month):
    assert "2019-11" in text(browser(people[AUDITOR]).get(PAGE))
    assert 'name="until"' not in text(browser(people[AUDITOR]).get(PAGE))
    assert 'name="until"' in text(browser(people[SECURITY]).get(PAGE))


def test_proposes_and_shows_the_archive_with_its_term(people, old_month):
    answer = propose(people)
    assert answer["Location"].startswith("/decisions/")
    gone_page = browser(people[SECURITY]).get(PAGE)
    assert f"/decisions/{Proposal.objects.get().pk}/" in text(gone_page)
    Proposal.objects.all().delete()
    gone(people)
    page = text(browser(people[SECURITY]).get(PAGE))
    assert "trail-2019-11.ndjson.gz" in page
    assert "2022-12-02" in page or "2022-12-01" in page
    assert f"{PAGE}2019-11/destroy/" in page
    assert f"{PAGE}2019-11/destroy/" not in text(browser(people[AUDITOR]).get(PAGE))
    answer = browser(people[SECURITY]).post(f"{PAGE}2019-11/destroy/", {"reason": "期满"})
    assert answer["Location"].startswith("/decisions/")


def test_pages_of_the_trail_say_that_a_period_is_archived(people, old_month):
    before, after = "/trail/?from=2019-10-01&to=2019-11-20", "/trail/"
    assert "flash-warning" not in text(browser(people[AUDITOR]).get(before))
    gone(people)
    assert archived()[0].month == OLD
    assert "flash-warning" in text(browser(people[AUDITOR]).get(before))
    assert "flash-warning" in text(browser(people[HEAD]).get("/trail/mine/?from=2019-10-01&to=2019-11-20"))
    assert "flash-warning" not in text(browser(people[AUDITOR]).get(after))


def test_shows_what_the_last_look_at_the_values_came_to(people, cast):
    cast.customer()
    assert run.last_run() is None
    job = run.start_due(by=people[OFFICER], at=services.clock())
    assert job is not None
    running.run(job.id, run.verify)
    last = run.last_run()
    assert last is not None
    assert (last.customers, last.tampered) == (1, 1)  # the test's customer was written past every act
    page = text(browser(people[AUDITOR]).get(PAGE))
    assert 'class="alarm"' in page


def test_a_site_without_a_place_for_archives_says_so(people, old_month, settings):
    settings.TRAIL_ARCHIVE = ""
    page = text(browser(people[SECURITY]).get(PAGE))
    assert "TRAIL_ARCHIVE" in page
    assert 'name="until"' not in page


def test_the_moment_is_utc_s(people, old_month):
    gone(people)
    from trail.archive import online_since

    assert online_since() == datetime(2019, 12, 1, tzinfo=UTC)
