"""A witness keeps what extends, refuses what does not, and the product knows how long its unwitnessed tail is."""

import base64
import shutil
import stat
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings as site
from django.core import mail
from django.db import connection, transaction

from tests.trail.sealing.acts import BY, record, seal_all
from trail import checks
from trail.events import OLDER_THAN_WITNESSED, WITNESS_REFUSED
from trail.models import Checkpoint, Event, WitnessSeen
from trail.sealing import keys, notes, outbox, sealer, witnesses
from trail.sealing.state import state
from trail.sealing.verification import verify
from trail.services import clock
from trail.standalone import verify_trail as verifier
from trail.standalone import witness

pytestmark = pytest.mark.django_db
STANDALONE = Path(witness.__file__).parent


@pytest.fixture
def places(tmp_path, settings):
    for name in ("outbox", "kept"):
        (tmp_path / name).mkdir()
    settings.TRAIL_OUTBOX = str(tmp_path / "outbox")
    return tmp_path / "outbox", tmp_path / "kept"


def look(places) -> bool:
    outbox_of, kept = places
    return witness.look(outbox_of, kept, keys.read_public(site.TRAIL_PUBLIC_FILE))


def test_is_asked_and_answers(places):
    record()
    first = seal_all()
    assert witnesses.exchange(by=BY, at=clock()) is None
    assert look(places)
    assert witnesses.exchange(by=BY, at=clock()) == first
    record(5)
    second = seal_all()
    before = state(clock())
    assert (before.sealed, before.witnessed, before.witness, before.unwitnessed) == (second, first, "file", 5)
    assert before.unwitnessed_for > timedelta(0)
    assert witnesses.exchange(by=BY, at=clock()) == first
    assert look(places)
    assert witnesses.exchange(by=BY, at=clock()) == second
    after = state(clock())
    assert (after.unsealed, after.unwitnessed, after.unwitnessed_for) == (0, 0, timedelta(0))
    assert list(WitnessSeen.objects.order_by("id").values_list("checkpoint_id", flat=True)) == [first, second]
    kept = list(verifier.notes_in((places[1] / "checkpoints").read_text()))
    signed_here = Checkpoint.objects.filter(size__in=[first, second]).order_by("size")
    assert [note[: note.index("\u2014 witness.")] for note in kept] == [one.note for one in signed_here]


def test_signs_what_it_keeps_with_a_key_of_its_own(places, tmp_path, capsys):
    record()
    seal_all()
    witnesses.exchange(by=BY, at=clock())
    assert look(places)
    checkpoints, secret = places[1] / "checkpoints", places[1] / "key"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    (public,) = (places[1] / "witness.public").read_text().split()
    (note,) = verifier.notes_in(checkpoints.read_text())
    assert verifier.cosigned(note, [verifier.Key.parse(public)])
    # As C2SP tlog-cosignature v1 has it, taken apart by hand.
    text, signatures = note.split("\n\n")
    content = base64.b64decode(signatures.splitlines()[1].split(" ")[2])
    seconds = int.from_bytes(content[4:12], "big")
    told = f"cosignature/v1\ntime {seconds}\n{text}\n".encode()
    raw = base64.b64decode(public.split("+", 2)[2])
    assert raw[0] == 4
    assert content[:4] == sha256(public.split("+")[0].encode() + b"\n" + raw).digest()[:4]
    Ed25519PublicKey.from_public_bytes(raw[1:]).verify(content[12:], told)


def test_counts_no_note_that_the_witness_did_not_sign(places, tmp_path):
    record()
    size = seal_all()
    witnesses.exchange(by=BY, at=clock())
    look(places)
    own = [verifier.Key.parse(line) for line in (places[1] / "witness.public").read_text().split()]
    (kept,) = verifier.notes_in((places[1] / "checkpoints").read_text())
    bare = Checkpoint.objects.get(size=size).note
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    for note, missing in ((kept, 0), (bare, 1), (witness.cosign(bare, stranger), 1)):
        verdict = verify(witnessed=[note], witnesses=own)
        assert (verdict.bad, len(verdict.missing)) == ([], missing)
        assert (f"{1 - missing} of them witnessed" in verdict.said[0]) is True
    later = kept.replace(kept.splitlines()[1], str(size + 1), 1)
    assert not verifier.cosigned(later, own)


@pytest.fixture
def demanded(places, settings, tmp_path):
    """The witness's key is configured, as somebody brought it over."""
    public, _ = witness.own_key(places[1])
    file = tmp_path / "witness.public"
    file.touch(mode=0o600)
    file.write_text(f"{public}\n")
    settings.TRAIL_WITNESS_PUBLIC_FILE = str(file)


def test_counts_what_the_witness_signed_where_its_key_is_known(places, demanded):
    record(3)
    size = seal_all()
    witnesses.exchange(by=BY, at=clock())
    assert look(places)
    assert witnesses.exchange(by=BY, at=clock()) == size
    now = state(clock())
    assert (now.witnessed, now.witness, now.unwitnessed) == (size, "file", 0)
    assert not Event.objects.filter(kind=WITNESS_REFUSED.code).exists()


def test_counts_no_answer_without_its_signature_and_raises_an_alarm(places, demanded, tmp_path):
    record(3)
    size = seal_all()
    bare = Checkpoint.objects.get(size=size).note
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    for note in (bare, witness.cosign(bare, stranger)):
        (places[0] / "acknowledged").write_text(note)
        assert witnesses.exchange(by=BY, at=clock()) is None
    assert (state(clock()).witnessed, state(clock()).witness) == (0, "")
    assert "signature" in Event.objects.get(kind=WITNESS_REFUSED.code).facts["why"]
    assert look(places)
    assert witnesses.exchange(by=BY, at=clock()) == size


def test_believes_no_row_that_bears_no_signed_note(places, demanded, settings, tmp_path):
    record(3)
    size = seal_all()
    note = Checkpoint.objects.get(size=size).note
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    for name, told in (
        ("file", ""),
        ("file", witness.cosign(note, stranger)),
        ("file", witness.cosign(signed(size - 1, b"x" * 32), places[1])),
        ("mail", ""),
    ):
        with transaction.atomic():
            write_seen(size, name, told)
            assert state(clock()).witnessed == 0
            transaction.set_rollback(True)
    write_seen(size, "mail", "")
    settings.TRAIL_WITNESS_PUBLIC_FILE = ""
    assert (state(clock()).witnessed, state(clock()).witness) == (size, "mail")


def write_seen(size: int, name: str, note: str) -> None:
    """Write what nobody has seen, as whoever has the database can."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into trail_witness_seen (size, witness, at, note) values (%s, %s, now(), %s)",
            [size, name, note],
        )


def test_is_not_told_by_a_key_that_is_missing_or_no_witness_s(settings, tmp_path, demanded):
    assert checks.the_witness_can_be_told() == []
    for file in (str(tmp_path / "none"), str(site.TRAIL_PUBLIC_FILE)):
        settings.TRAIL_WITNESS_PUBLIC_FILE = file
        assert [one.id for one in checks.the_witness_can_be_told()] == ["trail.E004"]


def test_runs_alone_with_its_two_files(places, tmp_path):
    record()
    seal_all()
    witnesses.exchange(by=BY, at=clock())
    alone = tmp_path / "alone"
    alone.mkdir()
    for name in ("witness.py", "verify_trail.py"):
        shutil.copy(STANDALONE / name, alone)
    command = [
        sys.executable,
        "witness.py",
        str(places[0]),
        str(places[1]),
        "--key",
        str(site.TRAIL_PUBLIC_FILE),
    ]
    assert subprocess.run(command, cwd=alone, check=False, env={}).returncode == 0
    (places[0] / "checkpoint").write_text("old 0\n\nnothing\n\n\u2014 nobody AAAA\n")
    done = subprocess.run(command, cwd=alone, check=False, env={}, capture_output=True, text=True)
    assert (done.returncode, "refused: " in done.stdout) == (1, True)


def signed(size: int, root: bytes) -> str:
    key = keys.read(Path(site.TRAIL_KEY_FILE))[-1]
    return notes.checkpoint(size=size, root=root, at=clock(), key=key)


def test_refuses_a_smaller_a_forked_and_another_tree_signed_with_the_stolen_key(places):
    record(3)
    size = seal_all()
    witnesses.exchange(by=BY, at=clock())
    look(places)
    kept = (places[1] / "checkpoints").read_text()
    for other, why in (
        (signed(size - 1, b"x" * 32), "smaller"),
        (signed(size, b"x" * 32), "forked"),
        (signed(size + 1, b"x" * 32), "does not begin"),
        (signed(size + 1, b"x" * 32).replace(f"\n{size + 1}\n", f"\n{size + 2}\n"), "not signed"),
    ):
        outbox.leave(other, old=size, proof=[b"y" * 32])
        assert not look(places)
        assert why in (places[0] / "refused").read_text()
    assert (places[1] / "checkpoints").read_text() == kept
    witnesses.exchange(by=BY, at=clock())
    (told,) = Event.objects.filter(kind=WITNESS_REFUSED.code)
    assert told.is_alarm
    assert told.facts["witness"] == "file"


def test_stops_the_sealer_when_it_has_seen_another_tree(places):
    record()
    size = seal_all()
    for other in (signed(size + 9, b"x" * 32), signed(size, b"x" * 32)):
        (places[0] / "acknowledged").write_text(other)
        record()
        with pytest.raises(sealer.Inconsistent):
            sealer.seal(by=BY, at=clock())
    (places[0] / "acknowledged").write_text(signed(size + 9, b"x" * 32))
    witnesses.exchange(by=BY, at=clock())
    assert (
        f"it has seen a tree of {size + 9} leaves"
        in Event.objects.filter(kind=WITNESS_REFUSED.code).latest("id").facts["why"]
    )


def test_refuses_to_seal_a_trail_older_than_what_was_witnessed_and_goes_on_after_a_new_beginning(places):
    record()
    size = seal_all()
    (places[0] / "acknowledged").write_text(signed(size + 9, b"x" * 32))
    record()
    with pytest.raises(sealer.Older) as refused:
        sealer.seal(by=BY, at=clock())
    assert "After a restore" in str(refused.value)
    told = Event.objects.filter(kind=OLDER_THAN_WITNESSED.code).latest("id")
    assert told.is_alarm
    assert told.facts == {"sealed": size, "witnessed": size + 9}
    for left in places[0].iterdir():
        left.unlink()
    assert seal_all() > size
    witnesses.exchange(by=BY, at=clock())
    assert look(places)


def test_mails_each_checkpoint_once(settings):
    settings.TRAIL_WITNESS_MAIL = ["keeper@example.com"]
    record()
    size = seal_all()
    assert witnesses.mail(by=BY, at=clock()) == size
    assert witnesses.mail(by=BY, at=clock()) is None
    (sent,) = mail.outbox
    assert sent.to == ["keeper@example.com"]
    (note,) = list(verifier.notes_in(sent.body[sent.body.index("custinfo.") :]))
    assert note == Checkpoint.objects.get(size=size).note
    assert state(clock()).witness == "mail"
