"""The sealer signs nothing that does not extend what was signed or witnessed, and says so once."""

import pytest
from django.db import connection, transaction

from tests.trail.sealing.acts import BY, record
from tests.trail.sealing.mighty import SEALED_AT, Mighty, as_superuser, mighty
from trail.events import SEALING_REFUSED
from trail.models import Checkpoint, Event
from trail.sealing import sealer
from trail.services import clock

__all__ = ["as_superuser", "mighty"]
TAMPERING = {
    "an edited young leaf": "update trail_leaf set hash = sha256('x') where index = 1199",
    "a removed leaf": "delete from trail_leaf where index = 1199",
    "a removed young leaf": "delete from trail_leaf where index = 1100",
    "an added leaf": "insert into trail_leaf (index, event_id, at, hash) values (1200, 0, now(), sha256('x'))",
    "an edited node": "update trail_node set hash = sha256('x') where index = 0",
    "a removed head": "delete from trail_checkpoint where size = 1200",
    "another root": "update trail_checkpoint set root = sha256('x') where size = 1200",
    "another note": "update trail_checkpoint set note = replace(note, E'\\n1200\\n', E'\\n1201\\n') where size = 1200",
}


def refuses(mighty: Mighty, *, everything: bool = False) -> bool:
    """Tell whether the sealer refuses to go on with a new event."""
    record()
    try:
        with transaction.atomic():
            sealer.seal(by=BY, at=clock(), everything=everything)
    except sealer.Inconsistent:
        return True
    return False


def test_signs_no_tree_that_does_not_extend_the_last_one(mighty):
    for what, statement in TAMPERING.items():
        with transaction.atomic():
            mighty.execute(statement)
            assert refuses(mighty), what
            assert not Checkpoint.objects.filter(size__gt=SEALED_AT[-1]).exists()
            transaction.set_rollback(True)


def test_finds_an_old_leaf_when_it_looks_at_everything(mighty):
    mighty.execute("update trail_leaf set hash = sha256('x') where index = 57")
    assert refuses(mighty, everything=True)


def test_goes_on_where_nothing_was_done(mighty):
    assert not refuses(mighty, everything=True)
    assert Checkpoint.objects.filter(size=SEALED_AT[-1] + 1).exists()


def test_records_the_refusal_once_an_hour(mighty):
    mighty.execute(TAMPERING["an edited young leaf"])
    for _ in range(2):
        with pytest.raises(sealer.Inconsistent):
            sealer.seal(by=BY, at=clock())
    (told,) = Event.objects.filter(kind=SEALING_REFUSED.code)
    assert told.is_alarm
    assert told.facts == {"why": "the tree of 1200 leaves is not the one that was signed with 1200"}


def test_seals_an_event_that_committed_late_although_its_number_is_lower(mighty):
    """Sequences commit out of order: whoever looks for `id > last` never seals this one."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval('trail_event_id_seq')")
        late = cursor.fetchone()[0]
    record(2)
    first = sealer.seal(by=BY, at=clock())
    assert first is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into trail_event (id, at, actor_number, actor_name, roles, department, site, site_region,"
            " acting_as, mode, kind, facts, decision, rule, purpose, request, zone, session_hash)"
            " select %s, clock_timestamp(), 'A', 'A', '{}',"
            " '', '', '', '', 'human', 'test.shown', '{}', '', '', '', '', '', ''",
            [late],
        )
    assert sealer.seal(by=BY, at=clock()) == sealer.Seal(first.size + 1, 1)


def test_signs_what_is_left_over_as_partial_and_then_the_rest(mighty, monkeypatch):
    monkeypatch.setattr(sealer, "MOST", 2)
    record(3)
    assert sealer.seal(by=BY, at=clock()) == sealer.Seal(1202, 2)
    assert sealer.seal(by=BY, at=clock()) == sealer.Seal(1203, 1)
    notes = dict(Checkpoint.objects.filter(size__gt=1200).values_list("size", "note"))
    assert "\npartial\n" in notes[1202]
    assert "\npartial\n" not in notes[1203]
