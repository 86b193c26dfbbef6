"""What the main site knows of L4's backups: what the restricted host said in the trail, and when that is too old."""

from datetime import datetime, timedelta

import pytest

from restricted.events import BACKED_UP, KEYS_BACKED_UP, RESTORED
from retention.queries import apart_backups as asking
from retention.services import backups
from staff.models import Notification
from staff.roles import OFFICER
from tests.desk.at_work import browser, text
from trail.actor import Actor
from trail.services import clock, record

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
BY = Actor.system("restricted.jobs")
SECOND = timedelta(seconds=1)


def said(at: datetime, *, faults: tuple[str, ...] = ()) -> None:
    """Say what the restricted host says after a day with a drill."""
    facts = {"values": 3, "written": 1, "bytes": 9, "manifest": "0" * 64}
    record(BACKED_UP, by=BY, at=at, facts=facts)
    record(KEYS_BACKED_UP, by=BY, at=at, facts={"keys": 3, "file_sha256": "0" * 64})
    facts = {
        "drill": True,
        "manifest": "0" * 64,
        "recovery_point": at.isoformat(),
        "values": 3,
        "replayed": 0,
    }
    record(RESTORED, by=BY, at=at, facts=facts | {"took": 2.5, "faults": list(faults)})


def test_says_what_is_overdue_to_the_second() -> None:
    at = clock() + timedelta(hours=4)  # later than what other tests left in the trail
    said(at)
    assert asking.overdue(at) == []
    hour, day, quarter = timedelta(minutes=75), timedelta(hours=26), timedelta(days=92)
    assert asking.overdue(at + hour) == []
    assert asking.overdue(at + hour + SECOND) == [asking.BACKUP_OVERDUE]
    assert not asking.standing(at + day).late
    assert asking.standing(at + day + SECOND).late
    assert asking.DRILL_OVERDUE not in asking.overdue(at + quarter - SECOND)
    assert asking.DRILL_OVERDUE in asking.overdue(at + quarter)


def test_a_drill_that_found_faults_does_not_count() -> None:
    at = clock() + timedelta(hours=4)
    said(at)
    said(at + timedelta(days=1), faults=("counts_differ",))
    assert asking.standing(at + timedelta(days=1)).drilled_at == at


def test_reminds_the_officers_once_a_week_and_shows_the_points(cast, settings) -> None:
    officer, at = cast.person(OFFICER), clock() + timedelta(days=100)
    codes = [asking.BACKUP_OVERDUE, asking.DRILL_OVERDUE]
    assert backups.remind(by=BY, at=at)[-2:] == codes
    assert backups.remind(by=BY, at=at + timedelta(days=6)) == []
    told = Notification.objects.filter(person_id=officer.id, code__in=codes)
    assert told.count() == 2
    assert "演练" in text(browser(officer).get("/notifications/"))
    settings.RESTRICTED_RECIPIENT_FILE = ""
    assert asking.overdue(at) == []
    assert "standing-apart" not in text(browser(officer).get("/retention/backups/"))


def test_the_register_shows_both_recovery_points_and_the_drill(cast) -> None:
    said(clock())
    page = text(browser(cast.person(OFFICER)).get("/retention/backups/"))
    section = page[page.index("standing-apart") :]
    assert "L4 信息的恢复点" in section
    assert "密钥的恢复点" in section
    assert "3 条" in section
    assert "manage.py restricted_jobs" not in page
