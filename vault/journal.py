"""The destruction journal: which subjects were destroyed when, and by what they would be known if they came back.

It holds UUIDs, field codes, dates and keyed digests, nothing else. `retention` writes it before anything goes, so that
a crash or a restored backup is followed by the same destruction again; imports look in it.

    key       = HMAC-SHA256(own key of this deployment in the domain "journal"; index)
    tombstone = HMAC-SHA256(key; normalised text)
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connections, transaction
from django.db.models import QuerySet

from vault.envelope import CannotOpen, framed
from vault.keyring import Keys, plain_array
from vault.macs import Mac
from vault.models import JournalEntry, Tombstone
from vault.noticing import ALIAS
from vault.own_keys import made_own_key, own_key
from vault.place import Place
from vault.transform import check_code, coded_text

DOMAIN = "journal"
NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Known:
    """A sealed value that a person is known by: under which name, of which kind, where it lies."""

    index: str
    kind: str
    sealed: str = field(repr=False)
    place: Place


@dataclass(frozen=True, slots=True)
class Gone:
    """A subject about to be destroyed: all of it, or these fields. A single L4 value is a subject of its own."""

    subject: UUID
    fields: tuple[str, ...] = ()
    number: str = field(default="", repr=False)
    known: tuple[Known, ...] = ()


def write(gone: Sequence[Gone], keys: Keys, *, record: UUID, at: datetime) -> None:
    """Write down what is about to be destroyed, with the tombstones of whole subjects; twice is once.

    :param keys: data keys that open what is `known`; what does not open leaves no tombstone.
    """
    stones = list(_stones(gone, keys, made_own_key(DOMAIN, at=at)))
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        cursor.execute(
            _ENTRY,
            [
                at,
                record,
                plain_array(str(one.subject) for one in gone),
                [",".join(one.fields) for one in gone],
            ],
        )
        cursor.execute(
            _STONE,
            [
                at,
                plain_array(one[0].hex() for one in stones),
                [one[1] for one in stones],
                plain_array(str(one[2]) for one in stones),
            ],
        )


@dataclass(frozen=True, slots=True)
class Said:
    """Something typed that a person may be known by; `kind` is empty for the number, which comes folded."""

    index: str
    kind: str
    text: str = field(repr=False)


def met(said: Iterable[Said]) -> dict[Said, datetime]:
    """Return which of these belonged to somebody erased, and when that was last.

    :param said: not looked at before anybody was erased here.
    """
    key = own_key(DOMAIN)
    if key is None:
        return {}
    asked = set(said)
    macs = {index: Mac(_of(key, index)) for index in {one.index for one in asked}}
    by_digest = {macs[one.index].digest(_told(one)): one for one in asked}
    rows = Tombstone.objects.filter(digest__in=list(by_digest)).order_by("at").values_list("digest", "at")
    return {by_digest[bytes(digest)]: at for digest, at in rows}


def of_record(record: UUID) -> QuerySet[JournalEntry]:
    """Return what was destroyed under one record."""
    return JournalEntry.objects.filter(record=record).order_by("pk")


def naming(subjects: Iterable[UUID]) -> QuerySet[JournalEntry]:
    """Return the entries of these subjects."""
    return JournalEntry.objects.filter(subject__in=list(subjects)).order_by("pk")


def everything() -> QuerySet[JournalEntry]:
    """Return the whole journal in the order in which it was written."""
    return JournalEntry.objects.order_by("pk")


def _stones(gone: Sequence[Gone], keys: Keys, key: bytes) -> Iterable[tuple[bytes, str, UUID]]:
    for one in gone:
        if one.fields:
            continue
        if one.number:
            yield _said(key, Said(NUMBER, "", one.number)), NUMBER, one.subject
        for known in one.known:
            try:
                stone = check_code(known.kind, known.sealed, known.place, keys, _of(key, known.index))
            except CannotOpen:
                continue
            yield stone, known.index, one.subject


def _said(key: bytes, said: Said) -> bytes:
    return hmac.digest(_of(key, said.index), _told(said), "sha256")


def _told(said: Said) -> bytes:
    return coded_text(said.kind, said.text) if said.kind else said.text.encode()


def _of(key: bytes, index: str) -> bytes:
    return hmac.digest(key, framed(index.encode()), "sha256")


def counts(record: UUID) -> Mapping[str, int]:
    """Return how many whole subjects and how many with single fields one record destroyed."""
    entries = of_record(record)
    return {"whole": entries.filter(fields=[]).count(), "parts": entries.exclude(fields=[]).count()}


_ENTRY = """
insert into vault_journalentry (at, record, subject, fields)
select %s, %s, gone.subject, string_to_array(gone.fields, ',')
from unnest(%s::uuid[], %s::text[]) as gone (subject, fields)
on conflict do nothing
"""
_STONE = """
insert into vault_tombstone (at, digest, index, subject)
select %s, decode(made.digest, 'hex'), made.index, made.subject
from unnest(%s::text[], %s::text[], %s::uuid[]) as made (digest, index, subject)
on conflict do nothing
"""
