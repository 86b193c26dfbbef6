"""The restricted host keeps itself sound: keys under the newest KEK, and a backup that its recipient alone opens."""

import json
from base64 import b64decode, b64encode
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from os import urandom
from pathlib import Path
from uuid import UUID

import pyrage
import pytest
from django.core.management import CommandError, call_command

from restricted import backups, key_backups, sealed
from restricted.management.commands.restricted_jobs import Command
from restricted.models import DataKey, Value, ValuePart
from restricted.services import upkeep
from restricted.services.openings import open_value
from tests.access.cast import kinds_since, last_event
from tests.restricted.house import REASON, REPORT, House, promoted
from tests.restricted.keepers import Keepers, appointed
from trail.actor import Actor
from trail.models import Event
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"])
BY = Actor.system("restricted.jobs")


@pytest.fixture
def keepers(settings, tmp_path: Path) -> Keepers:
    return appointed(settings, tmp_path)


def files(settings, beginning: str) -> list[Path]:
    return sorted(Path(settings.RESTRICTED_BACKUP_DIR).glob(f"{beginning}-*"))


def keys_of(settings) -> list[Path]:
    return sorted(Path(settings.RESTRICTED_KEYS_BACKUP_DIR).glob("keys-*.age"))


def newer_kek(settings, tmp_path: Path) -> None:
    """Let a further version wrap, as two custodians do."""
    content = json.loads(Path(settings.RESTRICTED_KEK_FILE).read_text())
    content["kek"]["keys"]["2"] = b64encode(urandom(32)).decode()
    content["kek"]["current"] = 2
    path = tmp_path / "kek.json"
    path.write_text(json.dumps(content))
    path.chmod(0o600)
    settings.RESTRICTED_KEK_FILE = path
    promoted(2)


def test_wraps_every_key_under_the_newest_kek_and_values_open_as_before(
    house: House, settings, tmp_path: Path, monkeypatch
) -> None:
    original = house.value("authorisation_original")
    for _ in range(4):
        house.value()
    newer_kek(settings, tmp_path)
    monkeypatch.setattr(upkeep, "AT_ONCE", 3)
    start = last_event()
    assert [upkeep.rewrap_keys(by=BY, at=house.at) for _ in range(3)] == [3, 2, 0]
    assert kinds_since(start) == ["restricted.rewrapped"] * 2
    assert set(DataKey.objects.values_list("kek_version", flat=True)) == {2}
    code = house.code(house.officer)
    shown = open_value(original.pk, code=code, reason=REASON, by=house.officer, at=house.at)
    assert shown.content.decode() == REPORT


def test_a_key_that_another_run_wrapped_meanwhile_stays(house: House, settings, tmp_path: Path) -> None:
    value = house.value()
    newer_kek(settings, tmp_path)
    stale = DataKey.objects.get(value=value)
    assert upkeep.rewrap_keys(by=BY, at=house.at) == 1
    held = bytes(DataKey.objects.get(value=value).wrapped)
    assert not upkeep._swap(stale, 2)
    assert bytes(DataKey.objects.get(value=value).wrapped) == held


def test_a_backup_holds_every_value_sealed_twice(house: House, settings, keepers) -> None:
    value = house.value(name="征信.txt")
    start = last_event()
    made = upkeep.back_up(by=BY, at=house.at)
    assert (made.values, made.written) == (1, 1)
    assert kinds_since(start) == ["restricted.keys_backed_up", "restricted.backed_up"]
    (manifest,) = files(settings, "manifest")
    backed_up = Event.objects.get(pk__gt=start, kind="restricted.backed_up")
    assert backed_up.facts["manifest"] == sha256(manifest.read_bytes()).hexdigest()
    (copy,), (keys,) = files(settings, "value"), keys_of(settings)
    assert files(settings, "keys") == []
    assert {oct(path.stat().st_mode)[-3:] for path in (copy, keys, manifest)} == {"600"}
    assert b"L4-CANARY" not in copy.read_bytes()
    of_values, of_keys = keepers.held
    for path, other in ((copy, of_keys), (keys, of_values)):
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(path.read_bytes(), [other])
    opened = pyrage.decrypt(copy.read_bytes(), [of_values])
    assert b"L4-CANARY" not in opened  # not even for who keeps it: that takes the KEK as well
    line, _, parts = opened.partition(b"\n")
    header = json.loads(line)
    assert (header["value"], header["parts"]) == (str(value.pk), [len(parts)])
    assert parts == bytes(ValuePart.objects.get(value=value).sealed)
    ((id, _, wrapped, _),) = json.loads(pyrage.decrypt(keys.read_bytes(), [of_keys]))["keys"]
    assert (id, b64decode(wrapped)) == (str(value.pk), bytes(DataKey.objects.get().wrapped))


def test_goes_on_where_it_was_cut_short_and_mends_what_was_changed(
    house: House, settings, keepers, monkeypatch
) -> None:
    first, second = house.value(), house.value()
    write, calls = backups._write_value, []

    def cut_short(path: Path, id: UUID) -> bool:
        calls.append(id)
        if len(calls) > 1:
            raise OSError("no room")
        return write(path, id)

    with monkeypatch.context() as patch:
        patch.setattr(backups, "_write_value", cut_short)
        with pytest.raises(OSError, match="no room"):
            upkeep.back_up(by=BY, at=house.at)
    (kept,) = files(settings, "value")
    before = kept.read_bytes()
    assert files(settings, "manifest") == []
    assert upkeep.back_up(by=BY, at=house.at).written == 1
    assert kept.read_bytes() == before
    assert {path.name for path in files(settings, "value")} == {
        f"value-{one.pk}.age" for one in (first, second)
    }
    kept.write_bytes(b"changed")
    with pytest.raises(CommandError, match=kept.name):
        call_command("restricted_jobs", "--check-backup")
    assert upkeep.back_up(by=BY, at=house.at + timedelta(days=1)).written == 1
    call_command("restricted_jobs", "--check-backup", stdout=StringIO())


def test_a_destroyed_value_leaves_the_backup_and_its_key_a_week_later(
    house: House, settings, keepers
) -> None:
    value = house.value()
    upkeep.back_up(by=BY, at=house.at)
    sealed.shred(value)
    Value.objects.filter(pk=value.pk).update(destroyed_at=house.at)
    for days in (1, 6, 8):
        upkeep.back_up(by=BY, at=house.at + timedelta(days=days))
    assert files(settings, "value") == []
    for path in keys_of(settings):
        assert json.loads(pyrage.decrypt(path.read_bytes(), keepers.held))["keys"] == []


@pytest.mark.parametrize("name", ["BACKUP_RECIPIENT_FILE", "KEYS_BACKUP_RECIPIENT_FILE", "KEYS_BACKUP_DIR"])
def test_refuses_without_both_recipients_and_places(house: House, settings, keepers, name: str) -> None:
    setattr(settings, f"RESTRICTED_{name}", "")
    with pytest.raises(CommandError, match=f"RESTRICTED_{name}"):
        call_command("restricted_jobs", "--backup")
    assert not Path(settings.RESTRICTED_BACKUP_DIR).exists()


def test_a_round_backs_up_once_a_day_and_says_so(house: House, settings, keepers) -> None:
    house.value()
    assert backups.due(house.at)
    upkeep.back_up(by=BY, at=house.at)
    assert not backups.due(house.at + timedelta(hours=23))
    assert backups.due(house.at + timedelta(days=1))
    said = StringIO()
    call_command("restricted_jobs", "--backup", stdout=said)
    assert "backup of 1 values, 0 of them new" in said.getvalue()


def keep_sound() -> None:
    """Do what a round does for the host itself; what it does for the main site wants that role."""
    Command(stdout=StringIO())._keep_sound(BY, sealed=False)


class TestKeys:
    """The wrapped keys are backed up at least hourly, and at once when they were wrapped anew."""

    def test_a_round_backs_the_keys_up_each_hour_and_says_so(self, house: House, settings, keepers) -> None:
        house.value()
        keep_sound()
        start = last_event()
        keep_sound()
        assert kinds_since(start) == []
        (first,) = keys_of(settings)
        at = key_backups.point_of(first)
        assert not key_backups.due(at + timedelta(minutes=50) - timedelta(seconds=1))
        assert key_backups.due(at + timedelta(minutes=50))
        made = upkeep.back_up_keys(by=BY, at=at + timedelta(minutes=50))
        assert kinds_since(start) == ["restricted.keys_backed_up"]
        facts = Event.objects.get(pk__gt=start).facts
        _, second = keys_of(settings)
        assert facts == {"keys": 1, "file_sha256": sha256(second.read_bytes()).hexdigest()}
        assert made.sha256 == facts["file_sha256"]

    def test_keys_that_were_wrapped_anew_are_backed_up_at_once(
        self, house: House, settings, tmp_path: Path, keepers
    ) -> None:
        house.value()
        upkeep.back_up(by=BY, at=clock() - timedelta(minutes=1))
        newer_kek(settings, tmp_path)
        start = last_event()
        upkeep.rewrap_keys(by=BY, at=clock())
        keep_sound()
        assert kinds_since(start) == ["restricted.rewrapped", "restricted.keys_backed_up"]
        ((_, _, _, kek),) = json.loads(pyrage.decrypt(keys_of(settings)[-1].read_bytes(), keepers.held))[
            "keys"
        ]
        assert kek == 2

    def test_a_backup_of_keys_ends_after_a_week(self, house: House, settings, keepers) -> None:
        for days in (0, 3, 7, 8):
            upkeep.back_up_keys(by=BY, at=house.at + timedelta(days=days))
        assert len(keys_of(settings)) == 3
        assert len(list(Path(settings.RESTRICTED_KEYS_BACKUP_DIR).iterdir())) == 6

    def test_a_changed_backup_of_keys_is_named(self, house: House, settings, keepers) -> None:
        upkeep.back_up(by=BY, at=house.at)
        (kept,) = keys_of(settings)
        kept.write_bytes(b"changed")
        with pytest.raises(CommandError, match=kept.name):
            call_command("restricted_jobs", "--check-backup")
