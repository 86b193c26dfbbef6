"""Compare what lies in the database with what the trail says was written last, a part of the customers at a time.

The parts divide the space of customer refs, which are drawn by lot, so that each is one query over two index ranges and
holds about as many customers as the next: as many parts as keep that within what one statement may bring into memory,
one for a small house. One statement sees customers and trail at the same moment: writers commit both together.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from customers.digests import ERASED, FORMAT, RECORD, differing, read_digest
from customers.values import Open
from customers.verification.deposits import exchanged

PART_ROWS = 5_000
"""About how many customers a part may hold."""
CHANGED, DELETED, INSERTED, UNTOLD = "changed", "deleted", "inserted", "untold"
TAMPERED = frozenset({CHANGED, DELETED, INSERTED})

# The last one written has the highest id: a writer holds the customer's row when it appends. `at` may be dated back.
LOOK = """
select coalesce(held.ref, told.customer), told.digest, told.event_id, told.at, held.version, held.open, held.sealed,
    held.salt, held.number, held.portfolio_id, held.tier, held.relationship_since, held.relationship_until
from (
    select ref, version, open, sealed, salt, number, portfolio_id, tier, relationship_since, relationship_until
    from customers_customer where ref between %s and %s
) held
full join (
    select distinct on (customer) customer, digest, event_id, at from trail_exposure
    where customer between %s and %s and digest is not null and substring(digest from 1 for 1) <> '\\x04'::bytea
    order by customer, id desc
) told on told.customer = held.ref
"""


class Row(NamedTuple):
    """A record as it lies in the database."""

    ref: UUID
    version: int
    open: dict[str, Open]
    sealed: dict[str, str]
    salt: UUID
    number: str
    portfolio_id: int
    tier: str
    relationship_since: date | None
    relationship_until: date | None


@dataclass(frozen=True, slots=True)
class Found:
    """One customer that is not as it was written.

    changed: these fields hold another value (of L4: another was taken in or waits than was handed over), or (none
    named) the record has another version;
    deleted, inserted: the record was removed or added past every act;
    untold: it was written before digests told enough to compare: of an older format, what that told was compared.
    """

    customer: UUID
    code: str
    fields: tuple[str, ...] = ()
    event: int | None = None
    """The event that wrote the customer last; None where there is none."""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What one part, or all of them, came to."""

    customers: int
    found: tuple[Found, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each code, and how many customers were compared."""
        by_code = Counter(one.code for one in self.found)
        codes = (CHANGED, DELETED, INSERTED, UNTOLD)
        return {"customers": self.customers, **{code: by_code[code] for code in codes}}


def parts_for(customers: int) -> int:
    """Return into how many parts so many customers divide: a power of two, so that parts are equal and leave no gap."""
    return 1 << (max(customers - 1, 0) // PART_ROWS).bit_length()


def look(part: int, parts: int) -> Looked:
    """Compare the customers of one of so many parts."""
    first, last = bounds(part, parts)
    with connection.cursor() as cursor:
        cursor.execute(LOOK, [first, last, first, last])
        rows = cursor.fetchall()
    compared = [_compared(*row) for row in rows]
    handed = [Found(one.subject, CHANGED, (one.field,), one.event, one.at) for one in exchanged(first, last)]
    return Looked(len(rows), tuple(one for one in (*compared, *handed) if one is not None))


def look_at_all(parts: int = 1) -> Iterable[Looked]:
    """Compare everybody, part by part."""
    return (look(part, parts) for part in range(parts))


def bounds(part: int, parts: int) -> tuple[UUID, UUID]:
    """Return the first and the last ref that one of so many parts may have."""
    width = (1 << 128) // parts
    return UUID(int=part * width), UUID(int=(part + 1) * width - 1)


def _compared(
    ref: UUID, digest: bytes | None, event: int | None, at: datetime | None, *held: Any
) -> Found | None:
    erased = digest is not None and bytes(digest) == ERASED
    told = None if digest is None else read_digest(bytes(digest))
    version, open, sealed, *columns = held
    if version is None:
        if erased:
            return None
        return Found(
            ref, DELETED, tuple(code for code in told.fields if code != RECORD) if told else (), event, at
        )
    row = Row(ref, version, json.loads(open), json.loads(sealed), *columns)
    if digest is None or erased:
        return Found(ref, INSERTED, tuple(sorted({*row.open, *row.sealed})))
    fields = differing(told, row) if told else None
    if fields is not None:
        return Found(ref, CHANGED, fields, event, at)
    if told is None or told.format != FORMAT:
        return Found(ref, UNTOLD, (), event, at)
    return None
