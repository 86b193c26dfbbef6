"""One-time links: the token travels in the address, the database keeps its digest and a check that needs no key.

When a link is made, the main process stores an HMAC of a held value under a key derived from the token (HKDF,
RFC 5869). The public process compares with it and can learn nothing: without the token the database tells neither
the value nor whether a guess is right, and with the token there are three tries.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef

from consent.models import ConsentLink, LinkTry, Receipt
from vault.transform import check_code_of

LIFETIME = timedelta(days=7)
TRIES = 3
CHECKING = b"custinfo.consent.check.1"
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class AskedPurpose:
    """One purpose as the answer page asks for it; names by language."""

    code: str
    names: Mapping[str, str]
    explanation: Mapping[str, str]
    fields: tuple[Mapping[str, str], ...]
    sensitive: tuple[Mapping[str, str], ...]
    separate: bool
    necessary: bool


@dataclass(frozen=True, slots=True)
class LiveLink:
    """A link that may still be answered."""

    id: UUID
    notice: str
    number: int
    language: str
    expires_at: datetime
    tries_left: int
    takes_file: bool
    check_kind: str
    check_names: Mapping[str, str]
    purposes: tuple[AskedPurpose, ...]


def new_token() -> str:
    """Return a fresh token: 256 random bits, URL-safe."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> bytes:
    """Return what the database keeps of a token."""
    return sha256(token.encode("utf-8", "replace")).digest()


def check_key(token: str) -> bytes:
    """Return the key of the check, which only the token gives."""
    return HKDF(SHA256(), 32, salt=None, info=CHECKING).derive(token.encode("utf-8", "replace"))


def matches(link: ConsentLink, token: str, typed: str) -> bool:
    """Tell whether what was typed is the value that was held when the link was made."""
    return compare_digest(check_code_of(link.check_kind, typed, check_key(token)), bytes(link.check_mac))


@contextmanager
def showing(token: str) -> Iterator[None]:
    """Open a transaction in which the public role sees the rows of this token, and of no other."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select set_config('custinfo.link', %s, true)", [digest(token).hex()])
        yield


def row_of(token: str, at: datetime) -> ConsentLink | None:
    """Return the link that may still be answered; unknown, expired, used and over-tried are all None.

    One query, whatever the answer is; call it inside `showing`.
    """
    found = (
        ConsentLink.objects.filter(token_sha256=digest(token))
        .select_related("version")
        .annotate(
            failed=Count("tries"),
            used=Exists(Receipt.objects.filter(link=OuterRef("pk"))),
            passed=Exists(LinkTry.objects.filter(link=OuterRef("pk"), passed=True)),
        )
        .first()
    )
    if found is None or found.used or found.expires_at <= at:
        return None
    return found if found.passed or found.failed < TRIES else None


def look_up(token: str, *, at: datetime) -> LiveLink | None:
    """Return a live link as the answer page needs it, or None."""
    with showing(token):
        row = row_of(token, at)
        return live(row) if row else None


def live(row: ConsentLink) -> LiveLink:
    """Return what the page may know of a link."""
    version = row.version
    asked = {one["code"]: one for one in version.purposes}
    return LiveLink(
        id=row.id,
        notice=version.notice_id,
        number=version.number,
        language=row.language,
        expires_at=row.expires_at,
        tries_left=max(0, TRIES - row.failed),  # type: ignore[attr-defined]
        takes_file=row.takes_file,
        check_kind=row.check_kind,
        check_names=row.check_names,
        purposes=tuple(_asked(asked[code]) for code in row.purposes),
    )


def _asked(one: Mapping[str, object]) -> AskedPurpose:
    fields = one["fields"]
    assert isinstance(fields, dict)
    sensitive = tuple(field["names"] for field in fields.values() if field["sensitive"])
    return AskedPurpose(
        code=str(one["code"]),
        names=one["names"],  # type: ignore[arg-type]
        explanation=one["reasons"],  # type: ignore[arg-type]
        fields=tuple(field["names"] for field in fields.values() if not field["sensitive"]),
        sensitive=sensitive,
        separate=bool(sensitive),
        necessary=bool(one["necessary_for_service"]),
    )
