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

from restricted import backups, sealed
from restricted.models import DataKey, Value, ValuePart
from restricted.services import upkeep
from restricted.services.openings import open_value
from tests.access.cast import kinds_since, last_event
from tests.restricted.house import REASON, REPORT, House
from trail.actor import Actor
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"])
BY = Actor.system("restricted.jobs")


@pytest.fixture
def keeper(settings, tmp_path: Path) -> pyrage.x25519.Identity:
    """Somebody who keeps backups: the host knows the public key only."""
    identity = pyrage.x25519.Identity.generate()
    recipient = tmp_path / "backup.recipient"
    recipient.write_text(str(identity.to_public()))
    recipient.chmod(0o600)
    settings.RESTRICTED_BACKUP_RECIPIENT_FILE = str(recipient)
    settings.RESTRICTED_BACKUP_DIR = str(tmp_path / "backup")
    return identity


def files(settings, beginning: str) -> list[Path]:
    return sorted(Path(settings.RESTRICTED_BACKUP_DIR).glob(f"{beginning}-*"))


def newer_kek(settings, tmp_path: Path) -> None:
    """Add a version to the KEK file, as a custodian does."""
    content = json.loads(Path(settings.RESTRICTED_KEK_FILE).read_text())
    content["kek"]["keys"]["2"] = b64encode(urandom(32)).decode()
    content["kek"]["current"] = 2
    path = tmp_path / "kek.json"
    path.write_text(json.dumps(content))
    path.chmod(0o600)
    settings.RESTRICTED_KEK_FILE = path


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


def test_a_backup_holds_every_value_sealed_twice(house: House, settings, keeper) -> None:
    value = house.value(name="征信.txt")
    start = last_event()
    made = upkeep.back_up(by=BY, at=house.at)
    assert (made.values, made.written) == (1, 1)
    assert kinds_since(start) == ["restricted.backed_up"]
    (manifest,) = files(settings, "manifest")
    assert Event.objects.get(pk__gt=start).facts["manifest"] == sha256(manifest.read_bytes()).hexdigest()
    (copy,), (keys,) = files(settings, "value"), files(settings, "keys")
    assert {oct(path.stat().st_mode)[-3:] for path in (copy, keys, manifest)} == {"600"}
    assert b"L4-CANARY" not in copy.read_bytes()
    opened = pyrage.decrypt(copy.read_bytes(), [keeper])
    assert b"L4-CANARY" not in opened  # not even for who keeps it: that takes the KEK as well
    line, _, parts = opened.partition(b"\n")
    header = json.loads(line)
    assert (header["value"], header["parts"]) == (str(value.pk), [len(parts)])
    assert parts == bytes(ValuePart.objects.get(value=value).sealed)
    ((id, _, wrapped, _),) = json.loads(pyrage.decrypt(keys.read_bytes(), [keeper]))["keys"]
    assert (id, b64decode(wrapped)) == (str(value.pk), bytes(DataKey.objects.get().wrapped))


def test_goes_on_where_it_was_cut_short_and_mends_what_was_changed(
    house: House, settings, keeper, monkeypatch
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


def test_a_destroyed_value_leaves_the_backup_and_its_key_a_week_later(house: House, settings, keeper) -> None:
    value = house.value()
    upkeep.back_up(by=BY, at=house.at)
    sealed.shred(value)
    Value.objects.filter(pk=value.pk).update(destroyed_at=house.at)
    for days in (1, 6, 8):
        upkeep.back_up(by=BY, at=house.at + timedelta(days=days))
    assert files(settings, "value") == []
    for path in files(settings, "keys"):
        assert json.loads(pyrage.decrypt(path.read_bytes(), [keeper]))["keys"] == []


def test_refuses_without_a_recipient(house: House, settings, tmp_path: Path) -> None:
    settings.RESTRICTED_BACKUP_DIR = str(tmp_path)
    with pytest.raises(CommandError, match="RESTRICTED_BACKUP_RECIPIENT_FILE"):
        call_command("restricted_jobs", "--backup")
    assert list(tmp_path.iterdir()) == []


def test_a_round_backs_up_once_a_day_and_says_so(house: House, settings, keeper) -> None:
    house.value()
    assert backups.due(house.at)
    upkeep.back_up(by=BY, at=house.at)
    assert not backups.due(house.at + timedelta(hours=23))
    assert backups.due(house.at + timedelta(days=1))
    said = StringIO()
    call_command("restricted_jobs", "--backup", stdout=said)
    assert "backup of 1 values, 0 of them new" in said.getvalue()
