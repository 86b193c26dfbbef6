"""Compare what was handed over to L4 with what the restricted host took in, and with what still waits for it.

Whoever brings a value tells the digest of what was sealed, and whoever takes it in the digest of what it found: the two
are one, and so is what lies between them. What the restricted host holds is verified there, each time it opens: its
values are never replaced, and bound to their place.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from files import apart
from files.models import ApartDeposit


class Exchanged(NamedTuple):
    """A deposit that is not the one that was brought; `at` and `event` are the last that told of it."""

    subject: UUID
    field: str
    event: int
    at: datetime


TOLD = """
select substring(digest from 2 for 16), digest, event_id, at from trail_exposure
where customer between %s and %s and digest is not null and substring(digest from 1 for 1) = '\\x04'::bytea
order by 1, id
"""


def exchanged(first: UUID, last: UUID) -> Iterator[Exchanged]:
    """Yield what was exchanged on its way, of customers with refs in this range."""
    with connection.cursor() as cursor:
        cursor.execute(TOLD, [first, last])
        rows = cursor.fetchall()
    told = {UUID(bytes=bytes(id)): list(each) for id, each in groupby(rows, key=itemgetter(0))}
    for deposit in ApartDeposit.objects.filter(pk__in=told).order_by("created_at", "pk"):
        digests = {bytes(digest) for _, digest, *_ in told[deposit.pk]}
        if deposit.taken_at is None:
            digests.add(bytes(apart.told(deposit).digest or b""))
        if len(digests) > 1:
            _, _, event, at = told[deposit.pk][-1]
            yield Exchanged(deposit.subject, deposit.field, event, at)
