"""Seal the values of some customers anew, and end the key versions that nothing lies under any more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from customers import events
from customers.digests import written
from customers.models import Portfolio
from customers.values import DOMAIN, LEVEL, Open
from customers.writing import Overtaken
from trail.actor import Actor
from trail.exposed import Exposed
from trail.receipts import GOOD_FOR_SECONDS
from trail.services import record
from vault.keyring import Keys
from vault.rekeying import HEADER_LETTERS, destroy_superseded, lies_under, renewed_all
from vault.suites import sealing_suite

READERS_ARE_DONE = timedelta(seconds=GOOD_FOR_SECONDS)
"""Whoever fetched a row before it was re-sealed has opened it by then, or needs a new receipt and fetches it again."""


@dataclass(slots=True)
class Held:
    """One locked row, as far as sealing needs it."""

    id: int
    ref: UUID
    version: int
    portfolio_id: int
    sealed: dict[str, str]
    open: dict[str, Open]
    salt: UUID
    number: str
    tier: str
    relationship_since: date | None
    relationship_until: date | None


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many customers were looked at, and how many values were sealed anew or could not be opened."""

    customers: int = 0
    values: int = 0
    unreadable: int = 0


def end_old_keys(refs: Iterable[UUID]) -> int:
    """Destroy the key versions of customers that none of their values lies under; return how many. Worker only.

    READERS_ARE_DONE after `reseal` at the earliest, or a read that has just fetched a row would fail.
    """
    wanted = list(refs)
    in_use: dict[UUID, int | None] = dict.fromkeys(wanted)
    with connection.cursor() as cursor:
        cursor.execute(_HEADERS, [HEADER_LETTERS, wanted])
        for ref, headers in cursor.fetchall():
            in_use[ref] = min((lies_under(letters)[1] for letters in headers), default=None)
    return destroy_superseded(in_use, DOMAIN)


def reseal(refs: Sequence[UUID], keys: Keys, *, job: str, by: Actor, at: datetime) -> Resealed:
    """Seal the values of customers under their newest keys and the suite of now, inside the caller's transaction.

    A value that does not open stays as it is and is counted. Only rows that changed are written and recorded.
    """
    held = _locked(refs)
    keys.confirm()  # under the locks: what is sealed here is sealed under keys that no other rotation has ended
    keys.unwrap_all()
    changed: list[dict[str, object]] = []
    told, values, unreadable = [], 0, 0
    portfolios = Portfolio.objects.in_bulk({one.portfolio_id for one in held})
    for one in held:
        sealed, new, lost = renewed_all(one.sealed, one.ref, DOMAIN, LEVEL, keys)
        values, unreadable = values + new, unreadable + lost
        if new:
            one.sealed = sealed
            changed.append({"id": one.id, "version": one.version, "sealed": sealed})
            told.append(written(one, held_in=portfolios[one.portfolio_id]))
    if changed:
        _store(changed)
        _record(told, values, job, by, at)
    return Resealed(len(held), values, unreadable)


def _locked(refs: Sequence[UUID]) -> list[Held]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(refs)])
        return [
            Held(id, ref, version, portfolio, json.loads(sealed), json.loads(open), *columns)
            for id, ref, version, portfolio, sealed, open, *columns in cursor.fetchall()
        ]


def _store(changed: Sequence[Mapping[str, object]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [json.dumps(changed)])
        if cursor.rowcount != len(changed):
            raise Overtaken


def _record(told: Sequence[Exposed], values: int, job: str, by: Actor, at: datetime) -> None:
    facts = {"job": job, "customers": len(told), "values": values, "suite": sealing_suite()}
    record(events.RESEALED, by=by, at=at, facts=facts, exposures=told)


_LOCK = """
select id, ref, version, portfolio_id, sealed, open, salt, number, tier, relationship_since, relationship_until
from customers_customer
where ref = any(%s::uuid[]) order by id for no key update
"""
_UPDATE = """
update customers_customer held set sealed = new.sealed
from jsonb_to_recordset(%s::jsonb) as new (id bigint, version integer, sealed jsonb)
where held.id = new.id and held.version = new.version
"""
_HEADERS = """
select ref, array(select distinct left(value, %s) collate "C" from jsonb_each_text(sealed))
from customers_customer where ref = any(%s::uuid[])
"""
