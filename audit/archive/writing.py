"""Write the archive of one month, and believe it only after it was read back.

The file is the export that outsiders verify: events, exposures, checkpoints and proof. Until it is verified it has
another name, so that whoever goes on after a crash starts over and nothing half-written is ever taken for an archive.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import pyrage
from django.conf import settings

from trail.archive import Holds, bounds
from trail.sealing.export import write_export
from trail.standalone.verify_trail import WHOLE, verify_file
from vault.keyfiles import read_recipient_file

CHUNK = 1 << 20


class NotWhole(RuntimeError):
    """What was written is not what the month holds; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Written:
    """The archive on disk."""

    name: str
    sha256: bytes


def directory() -> Path | None:
    """Return where archives lie; None where the site has no such place."""
    return Path(settings.TRAIL_ARCHIVE) if settings.TRAIL_ARCHIVE else None


def name_of(month: date) -> str:
    """Return the name of the archive of a month."""
    return f"trail-{month:%Y-%m}.ndjson.gz" + (".age" if settings.TRAIL_ARCHIVE_RECIPIENT_FILE else "")


def write(month: date, held: Holds) -> Written:
    """Write and verify the archive of a month; an earlier attempt is written over.

    :raises NotWhole: there is no directory, or the file does not prove what the month holds.
    """
    place = directory()
    if place is None:
        raise NotWhole("no_archive_directory")
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    plain, packed = place / f".trail-{month:%Y-%m}.plain", place / f".trail-{month:%Y-%m}.packed"
    try:
        _export(plain, month, held)
        digest = _packed(plain, packed)
        final = place / name_of(month)
        os.replace(packed, final)
        _synced(place)
    finally:
        plain.unlink(missing_ok=True)
        packed.unlink(missing_ok=True)
    return Written(final.name, digest)


def is_there(name: str, digest: bytes) -> bool:
    """Tell whether an archive lies in its place as it was written."""
    place = directory()
    return place is not None and (place / name).is_file() and _hash(place / name) == digest


def remove(name: str) -> None:
    """Remove an archive; one that is gone already is no error.

    :raises NotADirectoryError: the site has no place for archives.
    """
    place = directory()
    if place is None:
        raise NotADirectoryError
    (place / name).unlink(missing_ok=True)
    _synced(place)


def _export(plain: Path, month: date, held: Holds) -> None:
    since, until = bounds(month)
    with _private(plain) as out:
        summary = write_export(out, since=since, until=until)
    if (summary.events, summary.exposures, summary.unsealed) != (held.events, held.exposures, 0):
        raise NotWhole("archive_counts")
    verdict = verify_file(plain)
    if verdict.code != WHOLE:
        raise NotWhole("archive_not_whole")


def _packed(plain: Path, packed: Path) -> bytes:
    """Pack the verified export, read it back where that is possible, and return the hash of the file."""
    recipient = settings.TRAIL_ARCHIVE_RECIPIENT_FILE
    zipped = packed.with_suffix(".zipped") if recipient else packed
    try:
        with (
            plain.open("rb") as given,
            _private(zipped) as out,
            gzip.GzipFile(fileobj=out, mode="wb") as pack,
        ):
            _each(given, pack.write)
        with gzip.open(zipped, "rb") as again:
            if _hash_of(again) != _hash(plain):
                raise NotWhole("archive_not_readable")
        if recipient:
            # Whoever holds the private key reads it back; here only the hash of what was written can be compared.
            with zipped.open("rb") as given, _private(packed) as out:
                pyrage.encrypt_io(given, out, [read_recipient_file(Path(recipient))])
    finally:
        if recipient:
            zipped.unlink(missing_ok=True)
    return _hash(packed)


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    """Make a new file that only this account reads, on disk when the block ends."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _hash(path: Path) -> bytes:
    with path.open("rb") as file:
        return _hash_of(file)


def _hash_of(file: BinaryIO | gzip.GzipFile) -> bytes:
    total = sha256()
    _each(file, total.update)
    return total.digest()


def _each(file: BinaryIO | gzip.GzipFile, use: Callable[[bytes], object]) -> None:
    while chunk := file.read(CHUNK):
        use(chunk)


def _synced(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
