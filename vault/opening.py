"""The doors. Each opens one domain, against a receipt of the trail, and no other.

`open_clear` is imported by `access.services` only, `open_file` and `open_text` by `files` only, `open_login`
by `staff` and `restricted` only; an architecture test holds that. The doors of L4 are in `vault.apart`.
"""

from pathlib import Path
from uuid import UUID

from django.conf import settings

from trail.receipts import Receipt
from vault.envelope import HEADER, CannotOpen, from_text, middle, read_header, unlock
from vault.keyring import Keys
from vault.place import Place
from vault.sealing import login_aad, login_keys

__all__ = ["CannotOpen", "Clear", "OpenFile", "open_clear", "open_file", "open_login", "open_text"]

VALUES = frozenset({"L3", "L4"})
FILES = "files"
EVIDENCE = "evidence"
"""Files that outlive their customer's data, because the law asks for the proof longer (S0-13)."""
FILE_DOMAINS = frozenset({FILES, EVIDENCE})
TEXTS = "texts"


def open_clear(sealed: str, place: Place, keys: Keys, receipt: Receipt) -> str:
    """Return a customer's value in the clear, after the trail has it on record (S0-28).

    :raises trail.receipts.ReceiptRefused: when the receipt does not cover this subject and field now.
    :raises CannotOpen: when the value does not open at this place.
    """
    _insist(receipt, place, VALUES)
    receipt.check(place.subject, place.field)
    return _clear_text(sealed, place, keys)


def open_text(sealed: str, text: UUID, place: Place, keys: Keys, receipt: Receipt) -> str:
    """Return a sealed text (a reason, a note) in the clear.

    :raises trail.receipts.ReceiptRefused: when the receipt does not open this text now.
    :raises CannotOpen: when the text does not open at this place.
    """
    _insist(receipt, place, {TEXTS})
    receipt.check_open(text)
    return _clear_text(sealed, place._replace(field=str(text)), keys)


class Clear(str):
    """A text in the clear: shown as it is, but dots in the repr that logs and tracebacks print."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "•••"


class OpenFile:
    """One file whose chunks may be read now. Only `open_file` makes one."""

    __slots__ = ("_file", "_keys")

    def __init__(self, file: UUID, keys: Keys) -> None:
        self._file = file
        self._keys = keys

    def __repr__(self) -> str:
        return "OpenFile(•••)"

    def part(self, sealed: bytes, field: str, level: int) -> bytes:
        """Return one chunk of the file in the clear.

        :raises CannotOpen: when it is not this chunk of this file.
        """
        return clear(sealed, Place(self._file, self._keys.domain, field, level), self._keys)

    def text(self, sealed: str, field: str, level: int) -> str:
        """Return a sealed text of the file in the clear: its name.

        :raises CannotOpen: when it is not this text of this file.
        """
        return _decoded(self.part(from_text(sealed), field, level))


def open_file(file: UUID, keys: Keys, *, receipt_or_job: Receipt | UUID) -> OpenFile:
    """Open a file once, so that a long download outlives its receipt.

    :param receipt_or_job: a receipt that opens this file, when a person sees it; or the id of the file's own
        job, which `files` has compared with the file's row, when a staged upload is worked on.
    :raises trail.receipts.ReceiptRefused: when the receipt does not open this file now.
    """
    if isinstance(receipt_or_job, Receipt):
        receipt_or_job.check_open(file)
    elif not isinstance(receipt_or_job, UUID):
        raise TypeError("A file opens against a receipt or for its own job.")
    if keys.domain not in FILE_DOMAINS:
        raise CannotOpen
    return OpenFile(file, keys)


def open_login(sealed: str, about: str, *, file: Path | None = None) -> str:
    """Return a login secret in the clear.

    :param file: as for `vault.sealing.seal_login`.
    :raises CannotOpen: when it was not sealed `about` this.
    """
    raw = from_text(sealed)
    _, version = read_header(raw[:HEADER])
    _, ciphers = login_keys(file or settings.LOGIN_KEY_FILE)
    if version not in ciphers:
        raise CannotOpen
    return _decoded(unlock(raw, login_aad(about, version), ciphers[version]))


def clear(sealed: bytes, place: Place, keys: Keys) -> bytes:
    """Open bytes at a place, without a receipt. For `vault.transform` and the doors above, nobody else.

    :raises CannotOpen: for whatever reason.
    """
    subject, domain, field, level = place
    key = keys.to_open(subject, domain, sealed[:HEADER])
    return unlock(sealed, key.aad(middle(field, level)), key.cipher)


def _clear_text(sealed: str, place: Place, keys: Keys) -> str:
    return _decoded(clear(from_text(sealed), place, keys))


def _decoded(data: bytes) -> Clear:
    try:
        return Clear(data, "utf-8")
    except UnicodeDecodeError:
        raise CannotOpen from None


def _insist(receipt: object, place: Place, domains: frozenset[str] | set[str]) -> None:
    # SECURITY: no look-alike of a receipt, and no door into another's domain.
    if not isinstance(receipt, Receipt):
        raise TypeError("A value opens against a receipt of the trail.")
    if place.domain not in domains:
        raise CannotOpen
