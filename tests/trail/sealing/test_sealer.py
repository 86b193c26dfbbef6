"""The sealer numbers what is new, once, and signs nothing that does not extend what was signed."""

import json

import pytest

from tests.trail.sealing.acts import BY, record, seal_all
from trail import services
from trail.models import Checkpoint, Event, Leaf
from trail.sealing import export, keys, proofs, sealer, store, tree, verification
from trail.standalone import verify_trail as verifier

pytestmark = pytest.mark.django_db


def test_gives_each_new_event_one_leaf_and_signs():
    before = seal_all()
    made = record(3)
    at = services.clock()
    sealed = sealer.seal(by=BY, at=at)
    assert sealed == sealer.Seal(size=before + 3, added=3)
    assert (
        list(Leaf.objects.filter(index__gte=before).order_by("index").values_list("event_id", flat=True))
        == made
    )
    newest = Checkpoint.objects.get(size=before + 3)
    assert newest.at == at
    said = verifier.open_note(newest.note, keys.read_public(_public()))
    assert (said.size, said.root, said.at, said.partial) == (before + 3, bytes(newest.root), at, False)
    assert tree.root(before + 3, store.read()) == bytes(newest.root)


def test_makes_no_checkpoint_when_nothing_is_new():
    size = seal_all()
    assert sealer.seal(by=BY, at=services.clock()) is None
    assert sealer.seal(by=BY, at=services.clock(), everything=True) is None
    assert Checkpoint.objects.filter(size__gt=size).count() == 0


def test_hashes_the_leaf_as_outsiders_do(tmp_path):
    """SQL and Python, written apart, agree on NULLs, arrays, Chinese, quotes, digests and the order of exposures."""
    (event,) = record()
    seal_all()
    found = Event.objects.get(id=event)
    lines = [json.loads(line) for line in proofs.inclusion(event, found.at).splitlines()]
    part = lines[1]
    assert part["event"]["ip"] == "10.1.2.3/32"
    assert part["event"]["contact"] is None
    assert [one["act"] for one in part["exposures"]] == ["revealed", "written"]
    assert part["exposures"][0]["masked"] == "{card,名}"
    leaf = verifier.event_leaf(part["event"], part["exposures"])
    assert leaf == bytes(Leaf.objects.get(event_id=event).hash)
    changed = [part["exposures"][0] | {"level": "2"}, part["exposures"][1]]
    assert verifier.event_leaf(part["event"], changed) != leaf
    assert verifier.event_leaf(part["event"], part["exposures"][::-1]) != leaf
    assert verifier.event_leaf(part["event"] | {"contact": ""}, part["exposures"]) != leaf


def _public():
    from django.conf import settings

    return settings.TRAIL_PUBLIC_FILE


def test_verifies_whole():
    record(2)
    seal_all()
    seal_all(everything=True)
    verdict = verification.verify()
    assert (verdict.bad, verdict.missing) == ([], [])


def test_exports_what_the_verifier_accepts(tmp_path):
    since = services.clock()
    seal_all()
    record(5)
    seal_all()
    until = services.clock()
    record(2)
    seal_all()
    file = tmp_path / "trail.ndjson"
    with file.open("wb") as out:
        summary = export.write_export(out, since=since, until=until)
    assert (summary.events, summary.exposures, summary.unsealed) == (5, 10, 0)
    verdict = verifier.verify_file(file)
    assert list(verdict.lines())[-1] == "WHOLE", list(verdict.lines())
