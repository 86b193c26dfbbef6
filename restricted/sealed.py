"""Values of this host, sealed and opened: each under a data key of its own, in parts of a megabyte."""

from uuid import UUID

from restricted import keks
from restricted.models import DataKey, Value, ValuePart
from restricted.place import deployment_id
from restricted.sealing import insist_open
from trail.receipts import Receipt
from vault.apart import ApartKey, Part, Wrapped, make_apart_key, open_apart, open_apart_text, seal_apart
from vault.envelope import CannotOpen

PART_BYTES = 1024 * 1024


def keep(value: Value, name: str, content: bytes) -> None:
    """Seal a new value with its name and store it; part of a transaction on this database.

    :raises vault.away.Sealed: this host is sealed.
    """
    insist_open()
    held = make_apart_key(value.pk, keks.current())
    key = ApartKey(held, deployment_id())
    value.name = seal_apart(name.encode(), _part(value, "name"), key)
    pieces = [content[start : start + PART_BYTES] for start in range(0, len(content), PART_BYTES)]
    value.size, value.parts = len(content), len(pieces)
    value.save(force_insert=True)
    DataKey.objects.create(
        value=value, version=held.version, wrapped=held.wrapped, kek_version=held.kek_version
    )
    for number, piece in enumerate(pieces):
        last = number == len(pieces) - 1
        sealed = seal_apart(piece, _numbered(value, number, last=last), key)
        ValuePart.objects.create(value=value, number=number, sealed=sealed)


def content(value: Value, receipt: Receipt) -> bytes:
    """Return a value in the clear, against the receipt of its event.

    :raises CannotOpen: when a part is damaged, missing or out of place, or the value was destroyed.
    :raises vault.away.Sealed: this host is sealed.
    :raises trail.receipts.ReceiptRefused: when the receipt does not cover this value's field now.
    """
    key = _key(value)
    found = dict(ValuePart.objects.filter(value=value).values_list("number", "sealed"))
    if not value.parts or set(found) != set(range(value.parts)):
        raise CannotOpen
    return b"".join(
        open_apart(
            bytes(found[number]), _numbered(value, number, last=number == value.parts - 1), key, receipt
        )
        for number in range(value.parts)
    )


def name(value: Value, receipt: Receipt) -> str:
    """Return the name of a value's file; refuses as `content` does."""
    return open_apart(bytes(value.name), _part(value, "name"), _key(value), receipt).decode()


def seal_reason(text: str, value: Value, of: UUID) -> bytes:
    """Seal a typed reason under the key of the value that it is about."""
    return seal_apart(text.encode(), _part(value, f"reason {of}"), _key(value))


def reason(sealed: bytes, value: Value, of: UUID, receipt: Receipt) -> str:
    """Return a typed reason in the clear, against a receipt that opens it."""
    return open_apart_text(sealed, of, _part(value, f"reason {of}"), _key(value), receipt)


def shred(value: Value) -> None:
    """Destroy a value's key and parts; part of a transaction on this database."""
    DataKey.objects.filter(value=value).delete()
    ValuePart.objects.filter(value=value).delete()


def _key(value: Value) -> ApartKey:
    # SECURITY: the one place where the key of a value is unwrapped; nothing opens while this host is sealed.
    insist_open()
    row = DataKey.objects.filter(value=value).first()
    if row is None:
        raise CannotOpen
    return ApartKey(Wrapped(value.pk, row.version, bytes(row.wrapped), row.kek_version), deployment_id())


def _part(value: Value, part: str) -> Part:
    return Part(value.pk, value.subject, value.field, part)


def _numbered(value: Value, number: int, *, last: bool) -> Part:
    return _part(value, f"last {number}" if last else f"part {number}")
