"""Reads and writes while data keys and the index epoch rotate: none fails, and no edit is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from threading import Event as Flag

import pytest
from django.db import connections

from customers.models import Customer
from customers.rekey import resealing
from customers.rotating import REINDEX, REKEY, RESEAL
from customers.search import search
from customers.services import records
from customers.values import place
from tests.customers.builders import bulk_make, synthetic_values
from tests.customers.rotating import rotate
from tests.customers.test_rekey import headers, tampered
from trail.services import clock
from vault.keyring import keys_for
from vault.transform import compare, unchanged

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
COUNT = 40
EDITED = 5
"""The first ones are edited, the others are read."""


def until(over: Flag, act: Callable[[int], None]) -> int:
    """Repeat an act until the rotations are over; return how often."""
    times = 0
    try:
        while not over.is_set():
            act(times)
            times += 1
    finally:
        connections.close_all()
    return times


def test_nothing_fails_and_nothing_is_lost(committed_house, worker, own_kek_file, monkeypatch):
    monkeypatch.setattr(resealing, "READERS_ARE_DONE", timedelta(seconds=1))
    house, over, dice = committed_house, Flag(), Random(7)
    refs = bulk_make(COUNT, portfolio=house.north, at=clock())
    written: dict[int, str] = {}

    def read(times: int) -> None:
        number = dice.randrange(EDITED, COUNT)
        mobile = synthetic_values(number)["mobile"]
        (row,) = search(house.agent, "mobile", mobile, clock()).rows
        assert row.ref == refs[number]
        row = Customer.objects.get(ref=refs[number])
        keys = keys_for([row.ref], "L3")
        assert compare("mobile", row.sealed["mobile"], place(row.ref, "mobile"), keys, mobile)

    def write(times: int) -> None:
        number = times % EDITED
        said = f"{times:04d} Harbour Road"
        held = Customer.objects.get(ref=refs[number])
        records.edit(
            ref=held.ref,
            version=held.version,
            values={"address": said},
            scenario="handling",
            source="customer",
            by=house.agent,
            at=clock(),
        )
        written[number] = said

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(until, over, read) for _ in range(2)]
        writer = pool.submit(until, over, write)
        try:
            rotate(REKEY)
            rotate(REINDEX, epoch=2)
            rotate(RESEAL, suite=2)
        finally:
            over.set()
        assert all(one.result() for one in readers)
        assert writer.result() >= EDITED

    keys = keys_for(refs, "L3")
    for number, said in written.items():
        held = Customer.objects.get(ref=refs[number]).sealed["address"]
        assert unchanged(held, place(refs[number], "address"), keys, said)
    assert headers(refs) == {(2, 2)}
    assert tampered() == []
