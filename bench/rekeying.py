"""Wrap data keys anew under another KEK, against the same pipeline with the cryptography switched off."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest import mock
from uuid import uuid4

from django.db import connections

from bench.measure import CUSTOMERS, Line
from trail import services as trail
from vault import rewrapping
from vault.keks import now
from vault.keyring import make_keys
from vault.noticing import ALIAS
from vault.providers import provider

KEYS = max(CUSTOMERS, 20_000)
PART = 10_000


def lines() -> list[Line]:
    """Measure on one core, in the database of the bench."""
    at = trail.clock()
    missing = KEYS - _keys()
    for start in range(0, missing, PART):
        make_keys([uuid4() for _ in range(min(PART, missing - start))], "bench", at=at)
    ours = off = 0.0
    for _ in range(2):  # in turns, because each run leaves dead rows to the next
        with _pretended(), _switched_off():
            off = max(off, _rate())
        with _pretended():
            ours = max(ours, _rate())
    return [
        Line(
            f"KEK re-wrap, {_keys()} data keys",
            f"{ours / 1000:.0f} k keys/s",
            f"cryptography off {off / 1000:.0f} k keys/s",
            f"{ours / off:.2f}",
            ">= 0.7 of the switched-off pipeline",
        )
    ]


def _keys() -> int:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("select count(*) from vault_datakey")
        count: int = cursor.fetchone()[0]
    return count


def _rate() -> float:
    began, done = time.perf_counter(), 0
    while taken := rewrapping.rewrap(at=trail.clock()):
        done += taken
    return done / (time.perf_counter() - began)


@contextmanager
def _pretended() -> Iterator[None]:
    """Let the rows say that they lie under an older KEK, for a time: the same key does the work of both."""
    current, _ = now()
    kek = provider()
    unwrap, wrap = kek.unwrap_all, kek.wrap_all

    def of_current(wrapped: Sequence[tuple[bytes, bytes, int]]) -> list[bytes | None]:
        return unwrap([(each, about, current) for each, about, _ in wrapped])

    def as_current(
        keys: Sequence[tuple[bytes, bytes]], version: int | None = None
    ) -> list[tuple[int, bytes]]:
        return wrap(keys, current)

    with (
        mock.patch.object(kek, "unwrap_all", of_current),
        mock.patch.object(kek, "wrap_all", as_current),
        mock.patch.object(rewrapping, "now", return_value=(current + 1, 1)),
    ):
        try:
            yield
        finally:
            with connections[ALIAS].cursor() as cursor:
                cursor.execute("update vault_datakey set kek_version = %s", [current])


@contextmanager
def _switched_off() -> Iterator[None]:
    kek = provider()
    with (
        mock.patch.object(kek, "unwrap_all", lambda held: [wrapped for wrapped, _, _ in held]),
        mock.patch.object(kek, "wrap_all", lambda keys, version=None: [(version, key) for key, _ in keys]),
    ):
        yield
