"""Tampering as a superuser: what a checkpoint or a witness covers is found, and the first bad event is named."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection, transaction

from tests.trail.sealing.mighty import SEALED_AT, Mighty, as_superuser, mighty
from trail.models import Checkpoint, Event
from trail.sealing import hashing, notes, store
from trail.sealing.keys import read
from trail.sealing.verification import verify

__all__ = ["as_superuser", "mighty"]
BAD = 57


@pytest.fixture(autouse=True)
def many_blocks(monkeypatch):
    """Twelve blocks of leaves instead of one, on the one connection that sees what is not committed."""
    here = hashing.side_by_side
    monkeypatch.setattr(hashing, "BATCH", 100)
    monkeypatch.setattr(hashing, "side_by_side", lambda work, parts, *, apart: here(work, parts, apart=False))


@contextmanager
def undone() -> Iterator[None]:
    """Take back what the block did."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


EVENT_COLUMNS = (
    "recorded_at, leaf_version, actor_id, actor_number, actor_name, roles, department, site, site_region, acting_as,"
    " mode, kind, facts, decision, rule, rule_version, purpose, contact, request, zone, ip, session_hash"
)
OF_ONE = {
    "an edited event": ("update trail_event set actor_name = 'x' where id = {id}", "changed"),
    "an edited fact": ('update trail_event set facts = facts || \'{{"n": "1"}}\' where id = {id}', "changed"),
    "an edited leaf version": ("update trail_event set leaf_version = 2 where id = {id}", "changed"),
    "a changed time of recording": (
        "update trail_event set recorded_at = recorded_at + interval '1 microsecond' where id = {id}",
        "changed",
    ),
    "a changed time": ("update trail_event set at = at + interval '1 second' where id = {id}", "removed"),
    "a removed event": ("delete from trail_event where id = {id}", "removed"),
    "an edited exposure": ("update trail_exposure set level = 2 where event_id = {id}", "changed"),
    "an exposure given to another customer": (
        "update trail_exposure set customer = gen_random_uuid() where event_id = {id}",
        "changed",
    ),
    "a removed exposure": (
        "delete from trail_exposure where id = (select min(id) from trail_exposure where event_id = {id})",
        "changed",
    ),
    "an added exposure": (
        "insert into trail_exposure (at, event_id, customer, portfolio, portfolio_region, clear, masked, level, act)"
        " select at, id, gen_random_uuid(), '', '', '{{}}', '{{}}', 0, 'listed' from trail_event where id = {id}",
        "changed",
    ),
    "exchanged events": (
        "update trail_event set id = -1 where id = {id}; update trail_event set id = {id} where id = {next};"
        " update trail_event set id = {next} where id = -1",
        "removed",
    ),
    "a removed leaf": ("delete from trail_leaf where index = 57", "is missing"),
    "an edited leaf": ("update trail_leaf set hash = sha256('x') where index = 57", "changed"),
}


def first_bad(mighty: Mighty, *, witness: bool = True) -> str:
    verdict = verify(witnessed=mighty.kept if witness else [])
    assert verdict.code == 1, list(verdict.lines())
    return verdict.bad[0]


def test_finds_nothing_where_nothing_was_done(mighty):
    verdict = verify(witnessed=mighty.kept)
    assert (verdict.code, verdict.bad, verdict.missing) == (0, [], [])
    assert "not witnessed: 400 sealed events after leaf 799" in verdict.said


def test_names_the_event_that_was_tampered_with(mighty):
    for what, (statement, why) in OF_ONE.items():
        with undone():
            mighty.execute(statement.format(id=mighty.ids[BAD], next=mighty.ids[BAD + 1]))
            said = first_bad(mighty, witness=False)
            bad = mighty.ids[BAD + 1] if what == "a removed leaf" else mighty.ids[BAD]
            assert said.startswith(f"event {bad} of "), what
            assert why in said, what


def test_finds_an_event_that_was_put_in_afterwards(mighty):
    mighty.execute(
        f"insert into trail_event (at, {EVENT_COLUMNS}) select at, {EVENT_COLUMNS} from trail_event where id = %(id)s"
        " returning id",
        {"id": mighty.ids[BAD]},
    )
    assert "(no leaf): it was put in afterwards" in first_bad(mighty, witness=False)
    mighty.seal(SEALED_AT[-1] + 120)
    assert Checkpoint.objects.count() == len(SEALED_AT)  # it is too old for the sealer of every five seconds
    from tests.trail.sealing.acts import seal_all

    assert seal_all(everything=True) == 1201
    assert "(leaf 1200): it was put in afterwards" in first_bad(mighty, witness=False)


def test_finds_a_doubled_event(mighty):
    mighty.execute(
        f"insert into trail_event (id, at, {EVENT_COLUMNS}) select id, at + interval '1 microsecond', {EVENT_COLUMNS}"
        " from trail_event where id = %(id)s",
        {"id": mighty.ids[BAD]},
    )
    assert first_bad(mighty).startswith(f"event {mighty.ids[BAD]} of ")


def test_finds_an_exposure_of_no_event(mighty):
    mighty.execute(
        "insert into trail_exposure (at, event_id, customer, portfolio, portfolio_region, clear, masked, level, act)"
        " select at + interval '1 second', id, gen_random_uuid(), '', '', '{}', '{}', 0, 'listed'"
        " from trail_event where id = %(id)s",
        {"id": mighty.ids[BAD]},
    )
    assert "it belongs to no event" in first_bad(mighty, witness=False)


def test_narrows_down_leaves_that_changed_places(mighty):
    """The rows fit their hashes, so between two checkpoints no single event can be named."""
    mighty.execute(
        "create temp table swapped on commit drop as select * from trail_leaf where index in (57, 58);"
        " delete from trail_leaf where index in (57, 58);"
        " insert into trail_leaf (index, event_id, at, hash) select 115 - index, event_id, at, hash from swapped"
    )
    assert covers(first_bad(mighty, witness=False), BAD)


def covers(said: str, leaf: int) -> bool:
    found = re.match(r"leaf (\d+) to (\d+): ", said)
    assert found, said
    return int(found[1]) <= leaf <= int(found[2])


def test_narrows_down_an_event_whose_leaf_was_made_to_fit(mighty):
    mighty.execute("update trail_event set actor_name = 'x' where id = %(id)s", {"id": mighty.ids[BAD]})
    name = Event.objects.values_list("id", "at").get(id=mighty.ids[BAD])
    hashes = hashing.one_by_one([name])
    mighty.execute(
        "update trail_leaf set hash = decode(%(hash)s, 'hex') where event_id = %(id)s",
        {"id": name[0], "hash": hashes[name][1].hex()},
    )
    assert covers(first_bad(mighty, witness=False), BAD)


def test_finds_a_cut_tail_by_its_checkpoint_or_its_witness(mighty):
    for count in (1, 10, 1000):
        with undone():
            check_cut(mighty, count)


def check_cut(mighty: Mighty, count: int) -> None:
    size = SEALED_AT[-1] - count
    cut(mighty, size)
    assert covers(first_bad(mighty, witness=False), size)  # the head still says how much there was
    mighty.execute("delete from trail_checkpoint where size > %(size)s", {"size": size})
    covered = size in SEALED_AT
    assert covered or covers(first_bad(mighty, witness=False), size - 1)  # no head fits
    resign(mighty, size)
    assert verify().code == 0, "documented: without a witness a cut tail that was signed anew is not seen"
    verdict = verify(witnessed=mighty.kept)
    if size < SEALED_AT[1]:
        assert covers(verdict.bad[0], size)
    else:
        assert verdict.code == 0
        assert f"not witnessed: {size - SEALED_AT[1]} sealed events after leaf 799" in verdict.said


def cut(mighty: Mighty, size: int) -> None:
    mighty.execute(
        "delete from trail_exposure where event_id in (select event_id from trail_leaf where index >= %(size)s);"
        " delete from trail_event where id in (select event_id from trail_leaf where index >= %(size)s);"
        " delete from trail_leaf where index >= %(size)s;"
        " delete from trail_node where (index + 1) << level > %(size)s",
        {"size": size},
    )


def resign(mighty: Mighty, size: int) -> None:
    from django.conf import settings

    root, at = store.right_edge(size).root(), mighty.start
    note = notes.checkpoint(size=size, root=root, at=at, key=read(Path(settings.TRAIL_KEY_FILE))[-1])
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into trail_checkpoint (size, root, note, at) values (%s, %s, %s, %s)",
            [size, root, note, at],
        )


def test_finds_a_trail_that_was_rebuilt_with_the_stolen_key_by_its_witness(mighty):
    rebuilt(mighty)
    assert verify().code == 0, "documented: without a witness a rebuilt trail is not seen"
    said = first_bad(mighty)
    assert covers(said, BAD)
    assert "a witness kept" in said


def rebuilt(mighty: Mighty) -> None:
    mighty.execute(
        "update trail_event set actor_name = 'x' where id = %(id)s;"
        " delete from trail_checkpoint; delete from trail_node; delete from trail_leaf",
        {"id": mighty.ids[BAD]},
    )
    mighty.seal(SEALED_AT[-1])


HEADS = (
    ("update trail_checkpoint set root = sha256('x') where size = 800", "its row says something else"),
    (
        "update trail_checkpoint set note = replace(note, E'\\n800\\n', E'\\n801\\n') where size = 800",
        "not signed",
    ),
    ("update trail_checkpoint set size = 799 where size = 800", "its row says something else"),
    ("update trail_node set hash = sha256('x') where level = 8 and index = 0", "leaf 0 to 255"),
)


def test_finds_a_head_or_node_that_was_changed(mighty):
    for statement, why in HEADS:
        with undone():
            mighty.execute(statement)
            assert why in first_bad(mighty, witness=False), statement


def test_finds_a_dropped_or_detached_partition(mighty):
    part = f"trail_event_{mighty.start:%Y_%m}"
    with connection.cursor() as cursor:
        cursor.execute(f"alter table trail_event detach partition {part}")
    assert f"{part} is detached and not archived" in verify().bad
    with connection.cursor() as cursor:
        cursor.execute(f"drop table {part}")
    verdict = verify()
    assert verdict.bad[0].startswith(f"event {mighty.ids[0]} of ")
    assert f"{part} is gone" in verdict.bad
    archived = verify(archived=[f"{mighty.start:%Y_%m}"])
    assert not any("is gone" in one for one in archived.bad)
    assert not any("removed" in one and f" of {mighty.start:%Y-%m}" in one for one in archived.bad)


WALLS = (
    ("alter table trail_leaf enable trigger append_only", "trail_leaf has lost its triggers"),
    ("alter table trail_event disable trigger append_only", "trail_event has lost its triggers"),
    ("grant update on trail_checkpoint to custinfo_app", "custinfo_app may alter trail_checkpoint"),
    ("grant delete on trail_exposure to custinfo_public", "custinfo_public may alter trail_exposure"),
)


def test_finds_walls_that_were_taken_down(mighty):
    for statement, why in WALLS:
        with undone(), connection.cursor() as cursor:
            cursor.execute(statement)
            assert why in verify(witnessed=mighty.kept).bad
