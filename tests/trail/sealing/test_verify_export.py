"""The stand-alone verifier over a file that somebody has worked on: exit 0 whole, 1 tampered, 2 incomplete."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.trail.sealing.mighty import SEALED_AT, as_superuser, mighty
from trail.models import Event
from trail.sealing import export, keys, proofs
from trail.sealing.export import write_export
from trail.standalone import verify_trail as verifier

__all__ = ["as_superuser", "mighty"]
FIRST, LAST = 300, 899
"""Leaves that are exported: neither end lies at a checkpoint."""


def lines_of(mighty, path: Path) -> list[str]:
    since = mighty.start + timedelta(minutes=FIRST)
    with path.open("wb") as out, pytest.MonkeyPatch.context() as alone:
        alone.setattr(export, "MOST_BESIDE", 0)
        summary = write_export(out, since=since, until=mighty.start + timedelta(minutes=LAST + 1))
    assert (summary.first, summary.last, summary.events, summary.size) == (
        FIRST,
        LAST,
        LAST - FIRST + 1,
        1200,
    )
    assert summary.exposures == 2 * summary.events
    return path.read_text().splitlines(keepends=True)


def edited(line: str, **columns: str) -> str:
    part = json.loads(line)
    part["event"] |= columns
    return json.dumps(part) + "\n"


def fitted(line: str, **columns: str) -> str:
    part = json.loads(edited(line, **columns))
    return json.dumps(part | {"leaf": verifier.event_leaf(part["event"], part["exposures"]).hex()}) + "\n"


def test_tells_whole_from_tampered_from_incomplete(mighty, tmp_path):
    path = tmp_path / "trail.ndjson"
    whole = lines_of(mighty, path)
    place = next(number for number, line in enumerate(whole) if '"index" : 457,' in line)
    event = f"event {mighty.ids[457]} of "
    note = next(number for number, line in enumerate(whole) if '"checkpoint"' in line)
    others = {
        "whole": (whole, 0, ""),
        "an edited event": (swap(whole, place, edited(whole[place], actor_name="x")), 1, event),
        "a fitted event": (swap(whole, place, fitted(whole[place], actor_name="x")), 1, "leaf 400 to 799: "),
        "a removed line": (whole[:place] + whole[place + 1 :], 1, f"event {mighty.ids[458]} of "),
        "a doubled line": ([*whole[:place], whole[place], *whole[place:]], 1, event),
        "exchanged lines": (
            [*whole[:place], whole[place + 1], whole[place], *whole[place + 2 :]],
            1,
            f"event {mighty.ids[458]} of ",
        ),
        "a changed note": (
            swap(whole, note, whole[note].replace("\\n400\\n", "\\n401\\n")),
            1,
            "a checkpoint is not signed",
        ),
        "no head": ([line for line in whole if '"checkpoint"' not in line], 2, ""),
        "cut short": (whole[:-1], 2, ""),
        "cut within a line": ([*whole[:-1], whole[-1][:20]], 2, ""),
        "an empty file": ([], 2, ""),
    }
    for what, (lines, code, first) in others.items():
        path.write_text("".join(lines))
        verdict = verifier.verify_file(path, witnessed=mighty.kept)
        assert verdict.code == code, (what, list(verdict.lines()))
        assert not code or (verdict.bad or verdict.missing)[0].startswith(first), (what, verdict.bad)


def swap(lines: list[str], place: int, line: str) -> list[str]:
    return [*lines[:place], line, *lines[place + 1 :]]


def test_finds_a_rebuilt_trail_by_the_witness_and_another_key_by_ours(mighty, tmp_path):
    path = tmp_path / "trail.ndjson"
    mighty.execute(
        "update trail_event set actor_name = 'x' where id = %(id)s;"
        " delete from trail_checkpoint; delete from trail_node; delete from trail_leaf",
        {"id": mighty.ids[457]},
    )
    mighty.seal(SEALED_AT[-1])
    lines_of(mighty, path)
    assert verifier.verify_file(path).code == 0
    verdict = verifier.verify_file(path, witnessed=mighty.kept)
    assert (verdict.code, verdict.bad[0][:18]) == (1, "leaf 400 to 799: t"), verdict.bad
    assert verifier.verify_file(path, keys=[keys.make().public]).code == 1


def test_says_that_an_event_was_removed_from_the_database(mighty, tmp_path):
    path = tmp_path / "trail.ndjson"
    mighty.execute("delete from trail_event where id = %(id)s", {"id": mighty.ids[457]})
    lines_of_removed = tmp_path / "removed.ndjson"
    with lines_of_removed.open("wb") as out:
        write_export(out, since=mighty.start, until=mighty.start + timedelta(days=2))
    verdict = verifier.verify_file(lines_of_removed)
    assert verdict.code == 1
    assert verdict.bad[0].startswith(f"event {mighty.ids[457]} of ")
    assert "removed" in verdict.bad[0]
    assert not path.exists()


def test_proves_one_event_and_one_tree_within_another_alone(mighty, tmp_path):
    found = Event.objects.get(id=mighty.ids[457])
    (tmp_path / "verify_trail.py").write_bytes(Path(verifier.__file__).read_bytes())
    (tmp_path / "event.ndjson").write_bytes(proofs.inclusion(found.id, found.at))
    (tmp_path / "trees.ndjson").write_bytes(proofs.consistency(400, 1200))
    (tmp_path / "trail.public").write_text("".join(f"{key}\n" for key in known()))
    (tmp_path / "kept").write_text("".join(mighty.kept))
    for name in ("event.ndjson", "trees.ndjson"):
        command = [sys.executable, "verify_trail.py", name, "--key", "trail.public", "--witness", "kept"]
        done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True, env={})
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "WHOLE"), done.stdout + done.stderr
    for name, was, now in (
        ("event.ndjson", '"王57"', '"王"'),
        ("trees.ndjson", '"hashes": ["', '"hashes": ["00'),
    ):
        text = (tmp_path / name).read_text()
        assert was in text
        (tmp_path / name).write_text(text.replace(was, now, 1))
        assert verifier.verify_file(tmp_path / name).code == 1


def known() -> list[verifier.Key]:
    from django.conf import settings

    return keys.read_public(settings.TRAIL_PUBLIC_FILE)


def exported(path, mighty, first: int, last: int) -> list[str]:
    """Export the events of minutes [first, last); return what the verifier says."""
    with path.open("wb") as out:
        summary = write_export(
            out,
            since=mighty.start + timedelta(minutes=first),
            until=mighty.start + timedelta(minutes=last),
        )
    assert summary.events == last - first
    verdict = verifier.verify_file(path)
    assert verdict.code == 0, list(verdict.lines())
    return verdict.said


def test_proves_that_nothing_of_the_period_is_missing(mighty, tmp_path):
    path = tmp_path / "trail.ndjson"
    at = (mighty.start + timedelta(minutes=800)).isoformat()
    for first, last in ((400, 800), (450, 500)):
        said = exported(path, mighty, first, last)
        assert f"complete: no leaf is missing from 400 to 799, all that was on record at {at}" in said


def test_says_when_an_export_does_not_prove_that_it_is_complete(mighty, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "MOST_BESIDE", 100)
    said = exported(tmp_path / "trail.ndjson", mighty, 450, 500)
    assert "not proven to be complete: leaf 400 was sealed about then and is not in the file" in said


def test_takes_no_hidden_event_for_complete(mighty, tmp_path):
    """Who leaves an event out and proves the rest truly is told to lack it."""
    path = tmp_path / "trail.ndjson"
    exported(path, mighty, 400, 800)
    lines = path.read_text().splitlines(keepends=True)
    hidden = next(line for line in lines if '"index" : 457,' in line)
    lines.remove(hidden)
    proof = next(line for line in lines if '"type": "proof"' in line)
    held = json.loads(proof)
    held["nodes"].append([0, 457, json.loads(hidden)["leaf"]])
    end = json.loads(lines[-1])
    end["events"] -= 1
    lines[lines.index(proof)] = json.dumps(held) + "\n"
    lines[-1] = json.dumps(end) + "\n"
    path.write_text("".join(lines))
    verdict = verifier.verify_file(path)
    assert verdict.code == 0
    assert "not proven to be complete: leaf 457 was sealed about then and is not in the file" in verdict.said
