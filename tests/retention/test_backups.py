"""Backups that are made: sealed, counted, listed once, due in time, removed in time; and found sound by restoring."""

import json
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import psycopg
import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connections, transaction

from retention.backups import making, manifests
from retention.models import Backup, BackupCheck, BackupRemoval
from retention.models.backups import DATA, KEYRING
from retention.queries import apart_backups
from retention.queries import backups as asking
from retention.services import backups
from staff.models import Notification
from staff.roles import OFFICER
from tests.access.cast import CANARIES, kinds_since, last_event
from tests.processes import wait_until
from trail.actor import Actor
from trail.models import Event
from trail.services import clock
from vault.keyring import deployment_id

pytestmark = pytest.mark.usefixtures("in_english")

BY = Actor.system("retention.backups")
NIGHT = datetime(2026, 5, 4, 18, 45, tzinfo=UTC)
real = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
rows = pytest.mark.django_db(databases=["default", "keyring"])
KILLS = 20 if os.environ.get("SOAK") else 2


def listed(kind: str, at: datetime, **more) -> Backup:
    """List a backup as if it had been made."""
    facts = {"size": 1, "sha256": "0" * 64, "manifest_sha256": "0" * 64, "rows": 1, "generation": 1}
    name = f"{manifests.stem(kind, at)}.age"
    return Backup.objects.create(kind=kind, at=at, file=name, journal=0, event=1, **facts | more)


def files(kind: str) -> list[Path]:
    place = manifests.place(kind)
    return sorted(place.iterdir()) if place.is_dir() else []


@real
def test_seals_the_dump_to_an_offline_recipient_and_tells_no_person_in_the_manifest(cast, keepers) -> None:
    cast.customer()
    start = last_event()
    made = {kind: backups.back_up(kind, by=BY, at=clock()) for kind in (DATA, KEYRING)}
    assert kinds_since(start) == ["backup.made"] * 2
    for kind, keeper, other in ((DATA, 0, 1), (KEYRING, 1, 0)):
        sealed, manifest = files(kind)
        assert {path.stat().st_mode & 0o777 for path in (sealed, manifest)} == {0o600}
        assert pyrage.decrypt(sealed.read_bytes(), [keepers.held[keeper]]).startswith(b"PGDMP")
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(sealed.read_bytes(), [keepers.held[other]])
        said = json.loads(manifest.read_bytes())
        assert said["deployment"] == str(deployment_id())
        assert said["sha256"] == made[kind].sha256
        assert "张示例" not in manifest.read_text()
        assert not any(canary in manifest.read_text() for canary in CANARIES)
    told = manifests.lying(DATA)[0]
    assert told.rows["customers_customer"] == 1
    assert "vault_datakey" not in told.rows
    assert manifests.lying(KEYRING)[0].rows["vault_datakey"] == 1
    with pytest.raises(Error, match=r"never rewritten|permission denied"), transaction.atomic():
        Backup.objects.update(size=0)


@real
def test_finds_backups_sound_by_restoring_them_and_leaves_no_database_behind(
    cast, keepers, as_owner, tmp_path
) -> None:
    cast.customer()
    for kind in (DATA, KEYRING):
        backups.back_up(kind, by=BY, at=clock())
    said = StringIO()
    with (tmp_path / "both").open("w+b") as both:
        both.write(keepers.data.read_bytes() + b"\n" + keepers.keyring.read_bytes())
        both.seek(0)
        call_command("verify_backup", identity_fd=os.dup(both.fileno()), stdout=said)
    assert said.getvalue().count("sound") == 2, said.getvalue()
    assert [check.faults for check in BackupCheck.objects.all()] == [[], []]
    assert asking.unchecked(DATA) == 0
    changed = manifests.lying(KEYRING)[0]
    manifests.write(type(changed)(**{**as_dict(changed), "rows": {**changed.rows, "vault_datakey": 7}}))
    with pytest.raises(CommandError, match="not what its manifest says"):
        call_command("verify_backup", changed.file, *keepers.words)
    manifests.write(changed)
    changed.path.write_bytes(changed.path.read_bytes()[:-1] + b"x")
    with pytest.raises(SystemExit):
        call_command("verify_backup", changed.file, *keepers.words, stderr=StringIO())
    assert BackupCheck.objects.latest("pk").faults == ["file_changed"]
    assert scratch_databases() == []


def as_dict(manifest) -> dict:
    from dataclasses import asdict

    return asdict(manifest)


def scratch_databases() -> list[str]:
    """Return those of this process's databases: another one may be restoring at the same time."""
    from retention.backups.postgres import login

    own = [connections[alias].settings_dict["NAME"] for alias in ("default", "keyring")]
    with psycopg.connect(**login("default")) as connection:
        return connection.execute(
            "select datname from pg_database where datname like '%%scratch%%'"
            " and exists (select from unnest(%s::text[]) own where starts_with(datname, own || '_'))",
            [own],
        ).fetchall()


@pytest.mark.kills
@real
def test_leaves_no_half_backup_after_kill_9_and_lists_each_once(cast, keepers) -> None:
    cast.customer()
    draw = Random("custinfo backup kills")
    for _ in range(KILLS):
        child = _forked()
        moment = time.monotonic() + draw.uniform(0, 0.8)
        wait_until(partial(_is_past, moment))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        for kind in (DATA, KEYRING):
            for made in manifests.lying(kind):
                assert made.path.stat().st_size == made.size
    call_command("backup", stdout=StringIO())
    for kind in (DATA, KEYRING):
        lying = {made.uuid for made in manifests.lying(kind)}
        assert lying == set(Backup.objects.filter(kind=kind).values_list("pk", flat=True))
        assert len(files(kind)) == 2 * len(lying)
    listed_ids = {str(pk) for pk in Backup.objects.values_list("pk", flat=True)}
    told = [e.facts["backup"] for e in Event.objects.filter(kind="backup.made")]
    assert sorted(one for one in told if one in listed_ids) == sorted(listed_ids)


def _is_past(moment: float) -> bool:
    return time.monotonic() > moment


def _forked() -> int:
    """Let a process of its own make backups."""
    connections.close_all()  # or both would speak on one connection
    child = os.fork()
    if child == 0:
        try:
            call_command("backup", stdout=StringIO())
        finally:
            os._exit(0)
    return child


@rows
def test_takes_in_what_lies_unlisted_and_passes_over_what_is_foreign(keepers) -> None:
    at = clock()
    for deployment in (str(deployment_id()), str(uuid4())):
        made = draft_of(KEYRING, at, deployment)
        at += timedelta(seconds=1)
    (manifests.place(KEYRING) / "keyring-0.json").write_text("{}")
    assert [one.kind for one in backups.take_in(KEYRING, by=BY, at=clock())] == [KEYRING]
    assert backups.take_in(KEYRING, by=BY, at=clock()) == []
    assert not Backup.objects.filter(pk=made.uuid).exists()


def draft_of(kind: str, at: datetime, deployment: str) -> manifests.Manifest:
    """Write a file and a manifest, as a backup killed before its row."""
    place = manifests.place(kind)
    place.mkdir(exist_ok=True)
    name = f"{manifests.stem(kind, at)}.age"
    (place / name).write_bytes(b"x")
    facts: dict[str, Any] = {"size": 1, "sha256": "0" * 64, "rows": {}, "heads": {}, "trail": None}
    made = manifests.Manifest(
        id=str(uuid4()),
        kind=kind,
        at=at.isoformat(),
        deployment=deployment,
        file=name,
        generation=1,
        journal=0,
        **facts,
    )
    manifests.write(made)
    return made


@rows
def test_clears_what_a_kill_left(keepers) -> None:
    kept = draft_of(DATA, clock(), "x")
    for name in (".data-1.age", ".data-1.json", "data-1.age"):
        (kept.path.parent / name).write_bytes(b"half")
    (kept.path.parent / "notes.txt").write_bytes(b"not ours")
    making.clear_debris(DATA)
    assert {path.name for path in files(DATA)} == {
        kept.file,
        kept.path.with_suffix(".json").name,
        "notes.txt",
    }


@rows
def test_removes_the_keyring_after_a_week_and_the_data_after_five_and_says_so(keepers) -> None:
    at = clock()
    young = [(DATA, timedelta(days=34)), (KEYRING, timedelta(days=6))]
    for kind, age in [(DATA, timedelta(days=35)), (KEYRING, timedelta(days=7)), *young]:
        draft_of(kind, at - age, str(deployment_id()))
        backups.take_in(kind, by=BY, at=at)
    start = last_event()
    for kind in (DATA, KEYRING):
        (gone,) = backups.remove_past(kind, by=BY, at=at)
        assert len(files(kind)) == 2
        assert gone.file not in {path.name for path in files(kind)}
        assert backups.remove_past(kind, by=BY, at=at) == []
    assert kinds_since(start) == ["backup.removed"] * 2
    assert BackupRemoval.objects.count() == 2


@rows
def test_is_due_each_night_each_hour_and_after_the_data(keepers) -> None:
    assert asking.is_due(DATA, NIGHT)
    listed(DATA, NIGHT)
    assert not asking.is_due(DATA, NIGHT + timedelta(hours=23, minutes=54))
    assert asking.is_due(DATA, NIGHT + timedelta(hours=23, minutes=55))
    assert asking.is_due(KEYRING, NIGHT)
    listed(KEYRING, NIGHT - timedelta(minutes=1))
    assert asking.is_due(KEYRING, NIGHT)
    listed(KEYRING, NIGHT + timedelta(seconds=1))
    assert not asking.is_due(KEYRING, NIGHT + timedelta(minutes=50))
    assert asking.is_due(KEYRING, NIGHT + timedelta(minutes=50, seconds=1))
    assert asking.is_late(KEYRING, NIGHT + timedelta(minutes=76))


@rows
def test_reminds_the_officers_once_a_week_of_what_is_overdue(cast, keepers) -> None:
    officer = cast.person(OFFICER)
    at = clock() + timedelta(days=200)  # later than what other tests left in the trail of L4's backups
    late = [
        asking.BACKUP_OVERDUE,
        asking.DRILL_OVERDUE,
        apart_backups.BACKUP_OVERDUE,
        apart_backups.DRILL_OVERDUE,
    ]
    assert backups.remind(by=BY, at=at) == late
    assert backups.remind(by=BY, at=at + timedelta(days=6)) == []
    told = Notification.objects.filter(person_id=officer.id)
    assert {one.code for one in told} == set(late)
    listed(DATA, at - timedelta(days=8))
    listed(KEYRING, at)
    later = at + timedelta(days=8)
    assert asking.CHECK_OVERDUE in backups.remind(by=BY, at=later)


@rows
def test_refuses_without_a_place(settings) -> None:
    settings.BACKUP_DIR = ""
    with pytest.raises(CommandError, match="BACKUP_DIR"):
        call_command("backup")
    settings.KEYRING_BACKUP_DIR = ""
    assert backups.tend(by=BY, at=clock()) == []
