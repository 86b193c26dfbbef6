"""Data keys: made and committed before any value is sealed, unwrapped only inside a `Keys` object.

A `Keys` object lives for one request or batch, in the memory of this process. It is bound to the keyring's
generation: at most every FRESH_FOR seconds it asks whether a key was made or destroyed since, and then reads its
keys anew, so that a destroyed key stops working in jobs that already run. Sealing the site raises the generation too.
Whoever seals into a row that is there already asks under that row's lock (`confirm`): so no value is sealed under a
key that a rotation has just ended.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from os import urandom
from string import Template
from time import monotonic
from typing import Any, NoReturn
from uuid import UUID

from django.db import IntegrityError, connections, transaction
from django.db.backends.utils import CursorWrapper

from vault.envelope import (
    FORMAT,
    SCHEME,
    SUITE,
    SUITES,
    CannotOpen,
    Cipher,
    framed,
    middle,
    number,
    read_header,
)
from vault.holding.sealing import IS_SEALED
from vault.keyfiles import KEY_BYTES
from vault.models import Deployment
from vault.noticing import ALIAS, ASK, FRESH_FOR, RAISE, notice
from vault.providers import how_sealed, provider

UUID_FRAME = number(16)
"""The length that stands before a UUID in a framed list."""


class CannotSeal(Exception):
    """There is no data key for this subject and domain: `make_keys` comes first."""


class DataKeyInUse:
    """One unwrapped data key in one suite, with the constant parts of the AAD: sealing a value stays cheap."""

    __slots__ = ("cipher", "head", "header", "tail")

    def __init__(self, key: bytes, head: bytes, version: int, suite: int = SUITE) -> None:
        self.cipher: Cipher = SUITES[suite](key)
        self.header = bytes((FORMAT, suite)) + number(version)
        self.head = head
        self.tail = _version_frame(version)

    def __repr__(self) -> str:
        return "DataKeyInUse(•••)"

    def aad(self, middle: bytes) -> bytes:
        """Return the whole AAD for one field and level."""
        return self.head + middle + self.tail


class Keys:
    """Data keys of some subjects in one domain, unwrapped when first used; never stored, sent or printed."""

    __slots__ = (
        "_checked",
        "_generation",
        "_kek",
        "_minimum",
        "_newest",
        "_sealing",
        "_subjects",
        "_suite",
        "_used",
        "_wrapped",
        "domain",
        "kek_now",
    )

    def __init__(self, subjects: Iterable[UUID], domain: str) -> None:
        self.domain = domain
        self._kek = provider()
        self._subjects = list(set(subjects))
        self._load()

    def __repr__(self) -> str:
        return f"Keys(domain={self.domain!r}, •••)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("Keys never leave the memory of their process.")

    def __contains__(self, subject: object) -> bool:
        """Tell whether this subject has a data key here."""
        return subject in self._newest

    def to_seal(self, subject: UUID, domain: str) -> DataKeyInUse:
        """Return the newest data key of a subject.

        :raises CannotSeal: when there is none, or the keys are of another domain.
        """
        if monotonic() > self._checked:
            self.confirm()
        if domain != self.domain:
            raise CannotSeal
        key = self._sealing.get(subject)
        if key is None:
            version = self._newest.get(subject)
            if version is None:
                raise CannotSeal
            key = self._unwrap(subject, version, self._suite)
        return key

    def to_open(self, subject: UUID, domain: str, header: bytes) -> DataKeyInUse:
        """Return the data key that a sealed value with this header needs.

        :raises CannotOpen: when it is not here, or the header is of an unknown format or suite.
        """
        if monotonic() > self._checked:
            self.confirm()
        if domain != self.domain:
            raise CannotOpen
        key = self._sealing.get(subject)
        if key is not None and key.header == header:
            return key
        suite, version = read_header(header)
        return self._used.get((subject, suite, version)) or self._unwrap(subject, version, suite)

    def retained(self) -> Iterator[DataKeyInUse]:
        """Return every data key that is held here, to show that none of them opens what was destroyed."""
        for subject, version in self._wrapped:
            yield self._used.get((subject, SUITE, version)) or self._unwrap(subject, version, SUITE)

    def adopt(self, subject: UUID, key: bytes, wrapped: bytes, kek_version: int) -> None:
        """Take in the first data key of a subject, which the caller has just made and committed."""
        self._wrapped[subject, 1] = (wrapped, kek_version)
        self._newest[subject] = 1
        self._take(subject, 1, self._suite, key)

    def unwrap_all(self) -> None:
        """Unwrap every key that is held, in one request; one that does not open says so when it is used."""
        held = [(*name, *found) for name, found in self._wrapped.items() if found[1] >= self._minimum]
        left = [one for one in held if (one[0], self._suite, one[1]) not in self._used]
        keys = self._kek.unwrap_all(
            [(wrapped, about(subject, self.domain, version), kek) for subject, version, wrapped, kek in left]
        )
        for (subject, version, *_), key in zip(left, keys, strict=True):
            if key is not None:
                self._take(subject, version, self._suite, key)

    def recall(self, subject: UUID, version: int, key: bytes, wrapped: bytes) -> None:
        """Spare the unwrapping of a version that the caller has just made, where that is the one held here."""
        held = self._wrapped.get((subject, version))
        if held is not None and held[0] == wrapped:
            self._take(subject, version, self._suite, key)

    def _unwrap(self, subject: UUID, version: int, suite: int) -> DataKeyInUse:
        held = self._wrapped.get((subject, version))
        try:
            key = self._unwrapped(held, subject, version)
        except CannotOpen:
            # It may lie under a younger KEK since these keys were read, and the older one be gone.
            self._load()
            again = self._wrapped.get((subject, version))
            if again == held:
                raise
            key = self._unwrapped(again, subject, version)
        return self._take(subject, version, suite, key)

    def _unwrapped(self, held: tuple[bytes, int] | None, subject: UUID, version: int) -> bytes:
        # SECURITY: what lies under a KEK below the minimum came from an older copy of the keyring.
        if held is None or held[1] < self._minimum:
            raise CannotOpen
        wrapped, kek_version = held
        return self._kek.unwrap(wrapped, about(subject, self.domain, version), kek_version)

    def _take(self, subject: UUID, version: int, suite: int, key: bytes) -> DataKeyInUse:
        head = aad_head(deployment_id(), self.domain, subject)
        in_use = self._used[subject, suite, version] = DataKeyInUse(key, head, version, suite)
        if version == self._newest[subject] and suite == self._suite:
            self._sealing[subject] = in_use
        return in_use

    def confirm(self) -> None:
        """Ask the keyring now, whenever it was asked last: under the lock of the row that is to be sealed."""
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(ASK)
            row = cursor.fetchone()
        if row is None or row[0] != self._generation:
            self._load()  # SECURITY: forgets every unwrapped key; those destroyed meanwhile do not come back.
        else:
            notice(self._kek, row)
            self._checked = monotonic() + FRESH_FOR

    def _load(self) -> None:
        self._wrapped: dict[tuple[UUID, int], tuple[bytes, int]] = {}
        self._newest: dict[UUID, int] = {}
        self._used: dict[tuple[UUID, int, int], DataKeyInUse] = {}
        self._sealing: dict[UUID, DataKeyInUse] = {}
        self._checked = monotonic() + FRESH_FOR
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(_SELECT, [self.domain, self._subjects])
            rows = cursor.fetchall()
        if not rows:
            raise CannotOpen  # the keyring has no generation: it is not a keyring
        said = notice(self._kek, rows[0])
        # SECURITY: as the row says it: what the process noticed is another thread's, too.
        if rows[0][4]:
            raise how_sealed()  # SECURITY: an order to seal reaches whoever asks for keys, whatever keeps the KEK
        self._generation: int = rows[0][0]
        self._suite: int = said.suite
        self.kek_now: int = rows[0][3]
        self._minimum: int = rows[0][5]
        for *_, subject, version, wrapped, kek_version in rows:
            if subject is not None:
                self._wrapped[subject, version] = (bytes(wrapped), kek_version)
                self._newest[subject] = max(version, self._newest.get(subject, 0))


def keys_for(subjects: Iterable[UUID], domain: str) -> Keys:
    """Return the existing data keys of these subjects in one domain: one query, however many subjects."""
    return Keys(subjects, domain)


def make_keys(subjects: Iterable[UUID], domain: str, *, at: datetime) -> Keys:
    """Return the data keys of these subjects, making those that are missing.

    The new keys are committed in the keyring before this returns, so that no value can be left without its
    key; a key without a value is harmless.

    :raises RuntimeError: inside a transaction on the keyring, where "committed" would not be true.
    """
    wanted = set(subjects)
    try:
        return _with_missing(wanted, domain, at)
    except IntegrityError:
        # The KEK that wraps was exchanged between reading and writing.
        return _with_missing(wanted, domain, at)


def _with_missing(wanted: set[UUID], domain: str, at: datetime) -> Keys:
    keys = Keys(wanted, domain)
    missing = sorted(subject for subject in wanted if subject not in keys)  # one order: no deadlock
    if not missing:
        return keys
    kek = provider()
    made = [urandom(KEY_BYTES) for _ in missing]
    wrapped = kek.wrap_all(
        [(key, about(subject, domain, 1)) for subject, key in zip(missing, made, strict=True)], keys.kek_now
    )
    with transaction.atomic(using=ALIAS, durable=True), connections[ALIAS].cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                domain,
                at,
                plain_array(map(str, missing)),
                plain_array(sealed.hex() for _, sealed in wrapped),
                [version for version, _ in wrapped],
            ],
        )
        inserted = cursor.rowcount
        for version in {version for version, _ in wrapped}:
            count_wraps(cursor, version, sum(used == version for used, _ in wrapped), at)
    if inserted < len(missing):
        return Keys(wanted, domain)  # somebody else was faster with one of them: theirs counts
    for subject, key, (version, sealed) in zip(missing, made, wrapped, strict=True):
        keys.adopt(subject, key, sealed, version)
    return keys


def plain_array(plain: Iterable[str]) -> str:
    """Write texts that need no quotes as PostgreSQL reads an array: far quicker than quoting each."""
    return f"{{{','.join(plain)}}}"


def count_wraps(cursor: CursorWrapper, version: int, wraps: int, at: datetime) -> None:
    """Count what a KEK has wrapped, in the transaction that stores it."""
    cursor.execute(_COUNT, [version, wraps, at])


def destroy_keys(subjects: Iterable[UUID], domain: str) -> int:
    """Destroy every data key of these subjects in one domain; return how many. Only the worker's role may.

    Unwrapped copies in other processes die within FRESH_FOR seconds, because the generation rises with the
    same commit. The bytes leave the disk with the keyring's next VACUUM FULL.
    """
    gone = 0
    named: list[Any] = [domain, list(subjects)]
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        cursor.execute(_DESTROY, named)
        while cursor.rowcount:
            gone += cursor.rowcount
            # SECURITY: again, because a rotation that held them may have added versions that this did not see.
            cursor.execute(_DESTROY, named)
        if gone:
            cursor.execute(RAISE)
    return gone


def about(subject: UUID, domain: str, version: int) -> bytes:
    """Return what a wrapped data key is bound to, besides its KEK version."""
    return UUID_FRAME + subject.bytes + middle(domain, version)


@lru_cache(maxsize=64)
def _version_frame(version: int) -> bytes:
    return framed(number(version))


def aad_head(deployment: UUID, domain: str, subject: UUID) -> bytes:
    """Return the part of the AAD that is the same for all values under a data key."""
    return _aad_start(deployment, domain) + UUID_FRAME + subject.bytes


@lru_cache(maxsize=64)
def _aad_start(deployment: UUID, domain: str) -> bytes:
    return framed(SCHEME, deployment.bytes, domain.encode())


@lru_cache(maxsize=1)
def deployment_id() -> UUID:
    """Return the id of this deployment, as the keyring's first migration wrote it."""
    return Deployment.objects.get().id


_SELECT = Template("""
select state.generation, state.suite, state.superseded, kek.current, $is_sealed, kek.minimum,
  key.subject, key.version, key.wrapped, key.kek_version
from vault_state state
cross join vault_keknow kek
left join vault_datakey key on key.domain = %s and key.subject = any(%s)
""").substitute(is_sealed=IS_SEALED)
_INSERT = """
insert into vault_datakey (subject, domain, version, wrapped, kek_version, created_at)
select made.subject, %s, 1, decode(made.wrapped, 'hex'), made.kek_version, %s
from unnest(%s::uuid[], %s::text[], %s::integer[]) as made (subject, wrapped, kek_version)
on conflict do nothing
"""
_DESTROY = "delete from vault_datakey where domain = %s and subject = any(%s)"
_COUNT = """
insert into vault_kekuse as use (kek_version, wraps, first_used_at) values (%s, %s, %s)
on conflict (kek_version) do update set wraps = use.wraps + excluded.wraps
"""
