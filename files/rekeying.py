"""Seal chunks of files, names of files and texts anew under their newest data keys, and end the older keys.

A chunk lies under its file's key, in the domain of the file (uploads and exports, or evidence); so does the file's
name. A text lies under the key of the customer it is about, which other texts share, or under one of its own. Nothing
is opened to anybody: what is under the newest key and in the suite of now stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Left, Substr

from files.models import FileChunk, SealedFile, SealedText
from files.services import LEVEL, NAME, chunk_field
from vault.envelope import CannotOpen
from vault.keyring import Keys, keys_for
from vault.opening import TEXTS
from vault.place import Place
from vault.rekeying import (
    HEADER_BYTES,
    HEADER_LETTERS,
    destroy_superseded,
    lies_under,
    next_keys,
    renewed,
    renewed_bytes,
)
from vault.trial import opens

Subjects = QuerySet[Any, Any] | None
"""The customers that are meant, as a query of their refs; None for everything, also what is about no customer."""


class Row(NamedTuple):
    """One thing that is sealed, and where."""

    id: int | UUID
    place: Place
    sealed: str | bytes


@dataclass(frozen=True, slots=True)
class Shelf:
    """One table of sealed things; `rows` are handled at a time."""

    name: str
    column: str
    rows: int
    query: Callable[[Subjects], QuerySet[Any]]
    place: Callable[[Any], Place]

    def count(self, subjects: Subjects) -> int:
        """Return how many things of these customers lie here."""
        return self.query(subjects).count()

    def after(self, last: str, subjects: Subjects) -> Sequence[Row]:
        """Return the next things in the order of their ids, those after `last`."""
        found = self.query(subjects).order_by("pk")
        return self._rows((found.filter(pk__gt=last) if last else found)[: self.rows])

    def locked(self, ids: Sequence[int | UUID]) -> Sequence[Row]:
        """Return these things, those that are still there, locked until the transaction ends."""
        held = self.query(None).filter(pk__in=ids).order_by("pk")
        return self._rows(held.select_for_update(no_key=True, of=("self",)))

    def put(self, changed: Mapping[int | UUID, str | bytes]) -> None:
        """Store what was sealed anew."""
        for id, sealed in changed.items():
            self.query(None).filter(pk=id).update(**{self.column: sealed})

    def _rows(self, found: Iterable[Any]) -> list[Row]:
        return [Row(one.pk, self.place(one), _plain(getattr(one, self.column))) for one in found]


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many things were sealed anew, and how many could not be opened and stayed."""

    sealed: int = 0
    unreadable: int = 0


def reseal(shelf: Shelf, rows: Sequence[Row], *, since: datetime | None, at: datetime) -> Resealed:
    """Seal these things under their newest keys and the suite of now, inside the caller's transaction.

    What was destroyed meanwhile, and texts of erased customers, whose keys are gone, are passed by.

    :param since: each gets a key that was made then or later; None leaves the keys as they are.
    """
    held = shelf.locked([thing.id for thing in rows])
    keys = {domain: _keys(held, domain, since, at) for domain in {thing.place.domain for thing in held}}
    changed: dict[int | UUID, str | bytes] = {}
    unreadable = 0
    for thing in held:
        known = keys[thing.place.domain]
        if thing.place.subject not in known:
            continue
        try:
            again = _again(thing, known)
        except CannotOpen:
            unreadable += 1
            continue
        if again is not thing.sealed:
            changed[thing.id] = again
    shelf.put(changed)
    return Resealed(len(changed), unreadable)


def _again(thing: Row, keys: Keys) -> str | bytes:
    if isinstance(thing.sealed, str):
        return renewed(thing.sealed, thing.place, keys)
    return renewed_bytes(thing.sealed, thing.place, keys)


def _keys(held: Sequence[Row], domain: str, since: datetime | None, at: datetime) -> Keys:
    subjects = {thing.place.subject for thing in held if thing.place.domain == domain}
    # Committed in the keyring before anything is sealed under them, whatever becomes of the caller's transaction.
    return next_keys(subjects, domain, since=since, at=at) if since else keys_for(subjects, domain)


def end_old_keys(shelf: Shelf, rows: Sequence[Row]) -> int:
    """Destroy the key versions that nothing of these files or texts lies under; return how many. Worker only.

    For shelves of `ENDED`, some time after `reseal`: whoever fetched a chunk or a text before must have opened it, and
    for texts no transaction of before may be open any more (`newest_transaction`).
    """
    gone = 0
    for domain in {thing.place.domain for thing in rows}:
        subjects = {thing.place.subject for thing in rows if thing.place.domain == domain}
        in_use: dict[UUID, int | None] = dict.fromkeys(subjects)
        for subject, header in _headers(domain, subjects):
            version = lies_under(_plain(header))[1]
            in_use[subject] = min(version, in_use[subject] or version)
        gone += destroy_superseded(in_use, domain)
    return gone


def _headers(domain: str, subjects: set[UUID]) -> Iterable[tuple[UUID, str | bytes]]:
    if domain == TEXTS:
        letters = Left("sealed", HEADER_LETTERS)
        yield from SealedText.objects.filter(subject__in=subjects).values_list("subject", letters).distinct()
        yield from SealedText.objects.filter(subject=None, pk__in=subjects).values_list("pk", letters)
    else:
        first = Substr("sealed", 1, HEADER_BYTES)
        yield from FileChunk.objects.filter(file__in=subjects).values_list("file", first).distinct()
        yield from SealedFile.objects.filter(pk__in=subjects).values_list("pk", Left("name", HEADER_LETTERS))


def shut(shelf: Shelf) -> Iterator[Row]:
    """Return what does not open although it has keys."""
    last = ""
    while rows := shelf.after(last, None):
        last = str(rows[-1].id)
        for domain in {thing.place.domain for thing in rows}:
            some = [thing for thing in rows if thing.place.domain == domain]
            keys = keys_for({thing.place.subject for thing in some}, domain)
            for thing in some:
                if thing.place.subject in keys and not opens(thing.sealed, thing.place, keys):
                    yield thing


def newest_transaction() -> int:
    """Return a number that every transaction which has written by now lies below."""
    return _number("select pg_current_xact_id()::text::bigint")


def is_open_before(transaction: int) -> bool:
    """Tell whether a transaction below that number is still open: what it wrote cannot be seen yet."""
    return _number("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint") < transaction


def _number(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        number: int = cursor.fetchone()[0]
    return number


def _files(subjects: Subjects) -> QuerySet[SealedFile]:
    held = SealedFile.objects.filter(destroyed_at=None)
    return held if subjects is None else held.filter(subject__in=subjects)


def _chunks(subjects: Subjects) -> QuerySet[FileChunk]:
    held = FileChunk.objects.filter(file__destroyed_at=None)
    held = held if subjects is None else held.filter(file__subject__in=subjects)
    return held.annotate(domain=F("file__domain"), chunks=F("file__chunks"))


def _texts(subjects: Subjects) -> QuerySet[SealedText]:
    return SealedText.objects.all() if subjects is None else SealedText.objects.filter(subject__in=subjects)


def _place_of_chunk(chunk: Any) -> Place:
    field = chunk_field(chunk.number, last=chunk.number == chunk.chunks - 1)
    return Place(chunk.file_id, chunk.domain, field, LEVEL)


def _place_of_name(file: SealedFile) -> Place:
    return Place(file.id, file.domain, NAME, LEVEL)


def _place_of_text(text: SealedText) -> Place:
    return Place(text.subject or text.id, TEXTS, str(text.id), LEVEL)


def _plain(sealed: str | bytes | memoryview) -> str | bytes:
    return bytes(sealed) if isinstance(sealed, memoryview) else sealed


CHUNKS = Shelf("chunks", "sealed", 16, _chunks, _place_of_chunk)
NAMES = Shelf("names", "name", 500, _files, _place_of_name)
TEXT = Shelf("texts", "sealed", 500, _texts, _place_of_text)
SHELVES = {shelf.name: shelf for shelf in (CHUNKS, NAMES, TEXT)}
"""In the order of the passes."""
ENDED = {shelf.name: shelf for shelf in (NAMES, TEXT)}
"""One row for each owner of a key, or at least one."""
