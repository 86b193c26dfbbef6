"""The checkpoint key: made once, closed to others, rotated without losing what older ones signed."""

import pytest
from django.core.management import call_command

from custinfo.checks import web_may_not_sign_checkpoints
from trail.checks import checkpoints_can_be_signed
from trail.sealing import keys, notes
from trail.standalone import verify_trail as verifier


@pytest.fixture
def pair(tmp_path):
    files = {"TRAIL_KEY_FILE": tmp_path / "trail.key", "TRAIL_PUBLIC_FILE": tmp_path / "trail.public"}
    assert keys.make_missing(files) == list(files.values())
    return files


def test_is_made_once_and_closed(pair):
    before = [path.read_bytes() for path in pair.values()]
    assert keys.make_missing(pair) == []
    assert [path.read_bytes() for path in pair.values()] == before
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in pair.values())
    (key,) = keys.read(pair["TRAIL_KEY_FILE"])
    assert keys.read_public(pair["TRAIL_PUBLIC_FILE"]) == [key.public]
    assert key.seed.hex() not in repr(key)


def test_is_not_made_anew_beside_its_public_half(pair):
    pair["TRAIL_KEY_FILE"].unlink()
    with pytest.raises(keys.BadKey, match="is missing"):
        keys.make_missing(pair)


@pytest.mark.parametrize(
    "spoil", [lambda path: path.chmod(0o640), lambda path: path.write_text("x"), lambda path: path.unlink()]
)
def test_is_refused_when_loose_damaged_or_missing(pair, settings, spoil):
    spoil(pair["TRAIL_KEY_FILE"])
    with pytest.raises(keys.BadKey):
        keys.read(pair["TRAIL_KEY_FILE"])
    settings.TRAIL_KEY_FILE, settings.TRAIL_PUBLIC_FILE = (
        str(pair["TRAIL_KEY_FILE"]),
        pair["TRAIL_PUBLIC_FILE"],
    )
    assert [one.id for one in checkpoints_can_be_signed()] == ["trail.E003"]


def test_leaves_older_checkpoints_valid_when_another_is_added(pair, settings, capsys):
    settings.TRAIL_KEY_FILE, settings.TRAIL_PUBLIC_FILE = (
        str(pair["TRAIL_KEY_FILE"]),
        pair["TRAIL_PUBLIC_FILE"],
    )
    old = keys.read(pair["TRAIL_KEY_FILE"])[-1]
    note = notes.checkpoint(size=1, root=b"x" * 32, at=clock_of_no_database(), key=old)
    call_command("trail_key", add=True)
    assert len(capsys.readouterr().out.split()) == 2
    new = keys.read(pair["TRAIL_KEY_FILE"])[-1]
    assert (new.name, new.seed == old.seed) == (old.name, False)
    assert checkpoints_can_be_signed() == []
    known = keys.read_public(pair["TRAIL_PUBLIC_FILE"])
    for key in (old, new):
        assert verifier.open_note(
            notes.checkpoint(size=1, root=b"x" * 32, at=clock_of_no_database(), key=key), known
        )
    with pytest.raises(verifier.Bad):
        verifier.open_note(note, [new.public])
    with pytest.raises(verifier.Bad):
        verifier.open_note(note.replace("\n1\n", "\n2\n"), known)


def clock_of_no_database():
    from datetime import UTC, datetime

    return datetime(2026, 5, 1, tzinfo=UTC)


def test_is_refused_to_a_web_process(settings):
    assert web_may_not_sign_checkpoints() == []
    settings.PRODUCTION = True
    assert [one.id for one in web_may_not_sign_checkpoints()] == ["custinfo.E115"]
    settings.TRAIL_KEY_FILE = ""
    assert web_may_not_sign_checkpoints() == []
