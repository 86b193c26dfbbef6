"""Rotate data keys and the index epoch, against what a hand-made loop of the same work comes to.

The limit makes a key per customer, opens and seals five values, and writes rows, keys and one row of trail for each:
the same statements and ciphers on copies of the same tables with their indexes, in batches of the same size, without
checks, locks, digests, jobs or the vault.
"""

import json
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connections, transaction

from bench.measure import Line
from bench.writing import draft, ready, remove_customers
from customers import bulk, rotating
from customers.models import Customer, IndexEntry, Portfolio
from customers.reindex import run as reindexing
from customers.rekey import resealing
from customers.rekey import run as rekeying
from customers.rotating import REINDEX, REKEY
from jobs.models import Job
from jobs.running import run as run_job
from kinds.synthetic import people
from trail import services as trail
from trail.actor import Actor
from vault import epochs

COUNT = int(os.environ.get("BENCH_CUSTOMERS", "10000"))
BATCH = rekeying.BATCH_ROWS
BY = Actor.system("bench")
CODE = "BKEYS"


def lines(portfolios: Sequence[Portfolio], at: datetime) -> list[Line]:
    """Measure one portfolio's keys, then everybody's index. Nobody is waited for: the wait is half a minute each."""
    own, _ = Portfolio.objects.get_or_create(
        code=CODE, defaults={"name": CODE, "department": portfolios[0].department}
    )
    for start in range(0, COUNT, 10_000):
        some = people(min(10_000, COUNT - start), seed=start + 3)
        bulk.insert(ready([draft(one, own, 5_000_000 + start) for one in some], at), at=at)
    waited, resealing.READERS_ARE_DONE = resealing.READERS_ARE_DONE, timedelta(0)
    _as_worker()
    try:
        limit = COUNT / _by_hand(own)
        keys = COUNT / _job(REKEY, scope="portfolio", id=CODE)
        everybody, rows = Customer.objects.count(), IndexEntry.objects.count()
        index = _job(REINDEX, epoch=epochs.next_epoch())
    finally:
        resealing.READERS_ARE_DONE = waited
        remove_customers(Customer.objects.filter(portfolio=own).values_list("pk", flat=True))
    return [
        Line(
            f"data-key rotation, {COUNT:,} customers, 5 values each",
            f"{keys / 1000:.1f} k customers/s",
            f"by hand {limit / 1000:.1f} k/s",
            f"{keys / limit:.2f} of it",
            ">= 0.6 of the limit",
        ),
        Line(
            f"index epoch change, {everybody:,} customers, {rows:,} rows",
            f"{everybody / index / 1000:.1f} k customers/s",
            "",
            "",
            "VACUUM FULL included",
        ),
    ]


def _as_worker() -> None:
    """Be the worker in the keyring from now on: the bench's own login may not delete there."""
    from custinfo.databases import settings_for

    held = settings_for(os.environ["KEYRING_DATABASE_WORKER_URL"])
    connections["keyring"].close()
    connections["keyring"].settings_dict.update(USER=held["USER"], PASSWORD=held["PASSWORD"])


def _job(kind: str, **parameters: object) -> float:
    job = rotating.start(kind, parameters=parameters, by=BY, at=trail.clock())
    work = rekeying.rekey if kind == REKEY else reindexing.reindex
    began = time.perf_counter()
    run_job(job.pk, work)
    taken = time.perf_counter() - began
    assert Job.objects.get(pk=job.pk).finished_at
    return taken


def _by_hand(own: Portfolio) -> float:
    """Do the bare work on copies of the rows; return the seconds."""
    kek, values = AESGCM(os.urandom(32)), [f"1540000{number:04d}".encode() for number in range(5)]
    refs = list(Customer.objects.filter(portfolio=own).order_by("pk").values_list("ref", flat=True))
    old = [os.urandom(32) for _ in refs]
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as data:
        data.execute("create table bench_bare (like customers_customer including defaults including indexes)")
        data.execute("create table bench_told (like trail_exposure including defaults including indexes)")
        try:
            data.execute(
                "insert into bench_bare select * from customers_customer where portfolio_id = %s", [own.pk]
            )
            held = zip(refs, old, strict=True)
            said = [json.dumps(_sealed(values, AESGCM(key), ref)) for ref, key in held]
            data.execute(_PUT, [refs, said])
            data.commit()
            began = time.perf_counter()
            for start in range(0, COUNT, BATCH):
                _batch(data, kek, refs[start : start + BATCH], old[start : start + BATCH])
            return time.perf_counter() - began
        finally:
            data.rollback()
            data.execute("drop table if exists bench_bare, bench_told")


def _batch(
    data: "psycopg.Connection[tuple[object, ...]]", kek: AESGCM, refs: list[UUID], old: list[bytes]
) -> None:
    rows = data.execute("select ref, sealed::text from bench_bare where ref = any(%s) order by id", [refs])
    changed, wrapped = [], []
    for (ref, text), held in zip(rows.fetchall(), old, strict=True):
        key, cipher = os.urandom(32), AESGCM(held)
        nonce = os.urandom(12)
        wrapped.append(nonce + kek.encrypt(nonce, key, b"a" * 40))
        clear = [
            cipher.decrypt(raw[6:18], raw[18:], b"a" * 100)
            for raw in map(urlsafe_b64decode, json.loads(str(text)).values())
        ]
        changed.append(json.dumps(_sealed(clear, AESGCM(key), ref)))
    data.execute(_PUT, [refs, changed])
    data.execute(_TELL, [refs])
    data.commit()
    with transaction.atomic(using="keyring"), connections["keyring"].cursor() as cursor:
        cursor.execute(
            "insert into vault_datakey (subject, domain, version, wrapped, kek_version, created_at)"
            " select *, 1, now() from (select unnest(%s::uuid[]), 'bench', 1, unnest(%s::bytea[])) made",
            [refs, wrapped],
        )
    with connections["keyring"].cursor() as cursor:
        cursor.execute("delete from vault_datakey where domain = 'bench' and subject = any(%s)", [refs])


def _sealed(values: Sequence[bytes], cipher: AESGCM, ref: object) -> dict[str, str]:
    document = {}
    for number, value in enumerate(values):
        nonce = os.urandom(12)
        raw = b"\x01\x01\x00\x00\x00\x01" + nonce + cipher.encrypt(nonce, value, b"a" * 100)
        document[f"field{number}"] = urlsafe_b64encode(raw).decode()
    return document


_PUT = """
update bench_bare set sealed = new.sealed::jsonb from unnest(%s::uuid[], %s::text[]) as new (ref, sealed)
where bench_bare.ref = new.ref
"""
_TELL = """
insert into bench_told (at, event_id, customer, portfolio, portfolio_region, clear, masked, level, act)
select now(), 1, told, '', '', '{}', '{}', 0, 'written' from unnest(%s::uuid[]) as told
"""
