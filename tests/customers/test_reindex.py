"""The blind index changes its epoch: everybody is found at every moment, and nothing of the old one stays."""

import json
from functools import partial

import pytest
from django.db import connection

from customers.models import Customer, IndexEntry
from customers.reindex import run as reindexing
from customers.rotating import REINDEX
from customers.search import search
from tests.customers.builders import bulk_make, synthetic_values
from tests.customers.rotating import begin, rotate, work
from tests.customers.test_rekey import spoil
from trail.services import clock
from vault import epochs
from vault.blind_index import digests, live_epochs
from vault.providers import provider

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
COUNT = 6


def finds(house, refs) -> bool:
    """Whether each is found by mobile and by its last four, and by ID number."""
    for number, ref in enumerate(refs):
        values = synthetic_values(number)
        for typed in (values["mobile"], values["resident_id"], values["mobile"][-4:]):
            if ref not in {row.ref for row in search(house.agent, "any", typed, clock()).rows}:
                return False
    return True


def shape(epoch: int) -> list[tuple[str, int]]:
    rows = IndexEntry.objects.filter(epoch=epoch).order_by("field", "customer")
    return list(rows.values_list("field", "customer"))


def looking(step, look, found: list[bool], *args):
    """Take a step of the job, and look before and after it."""
    found.append(look())
    done = step(*args)
    found.append(connection.in_atomic_block or look())
    return done


def test_finds_everybody_between_any_two_steps(committed_house, worker, no_wait, own_kek_file, monkeypatch):
    refs = bulk_make(COUNT, portfolio=committed_house.north, at=clock())
    before, digest = shape(1), digests("mobile", "exact", "mobile", "15400000018")
    found: list[bool] = []
    for step in ("fill", "lacking", "delete_before", "vacuum_index"):
        act = partial(looking, getattr(reindexing, step), lambda: finds(committed_house, refs), found)
        monkeypatch.setattr(reindexing, step, act)

    job = rotate(REINDEX, epoch=2)

    assert set(found) == {True}
    assert finds(committed_house, refs)
    assert (shape(1), shape(2)) == ([], before)
    assert (job.outcome["indexed"], job.outcome["deleted"]) == (len(before), len(before))
    assert live_epochs() == (2,)
    assert provider().epochs() == [2]
    assert "1" not in json.loads(own_kek_file.read_text())["index"]
    assert digests("mobile", "exact", "mobile", "15400000018") != digest


def test_indexes_whom_a_process_wrote_that_had_not_noticed(committed_house, worker, no_wait, own_kek_file):
    epochs.create(2, at=clock())
    (ref,) = bulk_make(1, portfolio=committed_house.north, at=clock())
    IndexEntry.objects.filter(epoch=2).delete()

    rotate(REINDEX, epoch=2)

    assert finds(committed_house, [ref])


def test_indexes_values_equally(committed_house, worker, no_wait, own_kek_file):
    one, other = bulk_make(2, portfolio=committed_house.north, at=clock())
    rotate(REINDEX, epoch=2)

    for row in Customer.objects.filter(ref__in=(one, other)):
        kept = {bytes(entry.digest) for entry in row.index_entries.filter(field="mobile")}
        number = int(row.number.removeprefix("C"))
        mobile = synthetic_values(number)["mobile"]
        said = {
            digest
            for index in ("exact", "last_four")
            for _, digest in digests("mobile", index, "mobile", mobile)
        }
        assert kept == said


def test_keeps_both_epochs_while_a_value_does_not_open(committed_house, worker, no_wait, own_kek_file):
    refs = bulk_make(COUNT, portfolio=committed_house.north, at=clock())
    held = Customer.objects.get(ref=refs[0]).sealed["mobile"]
    spoil(refs[0], "mobile")

    job = work(begin(REINDEX, epoch=2))

    assert (job.error_code, job.error_params) == ("values_unreadable", {"values": 1})
    assert (live_epochs(), provider().epochs()) == ((2, 1), [2, 1])
    assert epochs.epoch_to_begin() == 2
    row = Customer.objects.get(ref=refs[0])
    row.sealed["mobile"] = held
    row.save(update_fields=["sealed"])
    assert finds(committed_house, refs)

    rotate(REINDEX, epoch=2)
    assert finds(committed_house, refs)
    assert live_epochs() == (2,)
    assert epochs.epoch_to_begin() == 3


def test_refuses_an_epoch_that_is_not_next(committed_house, worker, own_kek_file):
    job = work(begin(REINDEX, epoch=3))

    assert (job.error_code, job.error_params) == ("not_next_epoch", {"epoch": 3})
    assert provider().epochs() == [1]
