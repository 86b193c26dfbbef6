"""The page of backups: where each kind stands, what is overdue and what to do about it, how restoring went."""

from datetime import timedelta
from uuid import uuid4

import pytest

from retention.models import BackupRemoval, Recovery
from retention.models.backups import DATA, KEYRING
from retention.services import backups
from staff.roles import AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY
from tests.desk.at_work import browser, text
from tests.retention.test_apart_backups import said
from tests.retention.test_backups import listed
from trail.actor import Actor
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
PAGE = "/retention/backups/"
BY = Actor.system("retention.verify_backup")


def test_says_what_is_overdue_and_the_next_step(cast, settings) -> None:
    page = text(browser(cast.person(OFFICER)).get(PAGE))
    for command in ("manage.py backup", "manage.py restore --drill"):
        assert f"<code>{command}" in page
    assert "verify_backup" not in page  # there is nothing to verify
    settings.BACKUP_DIR = ""
    assert "flash-error" in text(browser(cast.person(SECURITY)).get(PAGE))


def test_shows_each_backup_with_its_state_and_each_drill_with_time_and_point(cast) -> None:
    now = clock()
    said(now)
    old, sound = listed(DATA, now - timedelta(days=36)), listed(DATA, now - timedelta(hours=2))
    bad, fresh = listed(KEYRING, now - timedelta(hours=1)), listed(KEYRING, now - timedelta(minutes=3))
    BackupRemoval.objects.create(backup=old, at=now, event=1)
    backups.record_check(sound, faults=[], seconds=2.5, by=BY, at=now)
    backups.record_check(bad, faults=["keys_do_not_open"], seconds=1.0, by=BY, at=now)
    Recovery.objects.create(
        drill=True,
        at=now,
        by_number="D1",
        by_name="某人",
        data=uuid4(),
        point=now,
        lost=timedelta(hours=5),
        seconds=66,
        event=1,
    )
    page = text(browser(cast.person(AUDITOR)).get(PAGE))
    for one in (old, sound, bad, fresh):
        assert one.file in page
    assert page.count("已恢复核对，完好") == 1
    assert "此处持有的主密钥打不开" in page
    assert "1 分钟" in page
    assert "5 小时" in page
    assert "flash-warning" not in page


def test_is_for_those_who_govern(cast) -> None:
    assert browser(cast.person(CUSTODIAN)).get(PAGE).status_code == 200
    assert browser(cast.person(HEAD)).get(PAGE).status_code == 403
