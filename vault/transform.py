"""Work with sealed values without ever handing one out: mask, view, compare, match, re-seal.

Kinds come in as codes; what goes out is a masked text, a yes or no, digests or a sealed value. One function alone
gives a clear text back: `open_relabelled`, for a field that two people have signed to be open from now on.
`deposit_sealed` gives back what the restricted host alone can open, for a field that was signed to be L4.
"""

from collections.abc import Iterable, Mapping
from hmac import compare_digest, digest
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from django.conf import settings

from kinds import pseudonyms, registry
from trail.models import Event
from vault.blind_index import TooShort, digest_in, indexed_text, value_digests
from vault.deposit import seal_deposit
from vault.envelope import from_text, to_text
from vault.keyring import Keys
from vault.opening import CannotOpen, Clear, clear
from vault.place import Place
from vault.sealing import seal, seal_bytes

HIDDEN = "••••"
SIGNED_CHANGE = "field.changed"
"""The event of a signed label, whose request is the id of the proposal."""
OPEN_LEVELS = (1, 2)
APART_LEVEL = 4
LEAST_KEY = 32
"""Bytes."""


class NotComparable(ValueError):
    """Values of this kind are never compared: a yes would give the value away."""


def mask(kind: str, sealed: str, place: Place, keys: Keys) -> str:
    """Return the masked view of a value (S0-28: 138****1234)."""
    value = _text(sealed, place, keys)
    return _never_all(registry.get(kind).mask(value), value)


def view(kind: str, name: str, sealed: str, place: Place, keys: Keys) -> str:
    """Return one declared view of a value, such as its last four digits (S0-17)."""
    value = _text(sealed, place, keys)
    return _never_all(registry.get(kind).view(value, name), value)


def compare(kind: str, sealed: str, place: Place, keys: Keys, said: str) -> bool:
    """Tell whether what a caller says is the held value, after both are normalised.

    :raises NotComparable: for a kind that may not be compared.
    """
    known = registry.get(kind)
    if not known.comparable:
        raise NotComparable(kind)
    value = _text(sealed, place, keys)
    return _same(known.normalise(said), known.normalise(value))


def matches(kind: str, index: str, sealed: str, place: Place, keys: Keys, typed: str) -> bool:
    """Tell whether a value found through the blind index is what was typed: digests may collide."""
    value = _text(sealed, place, keys)
    try:
        return _same(indexed_text(kind, index, typed), indexed_text(kind, index, value))
    except TooShort:
        return False


def check_code(kind: str, sealed: str, place: Place, keys: Keys, key: bytes) -> bytes:
    """Return the HMAC-SHA256 of a value under a key that the caller keeps elsewhere, 32 bytes.

    Whoever has the key can then tell whether somebody knows the value, without any data key.
    """
    return check_code_of(kind, _text(sealed, place, keys), key)


def check_code_of(kind: str, text: str, key: bytes) -> bytes:
    """Return the same code of a typed text."""
    return digest(key, coded_text(kind, text), "sha256")


def coded_text(kind: str, text: str) -> bytes:
    """Return what such a code is made of."""
    return registry.get(kind).normalise(text).encode("utf-8", "replace")


def pseudonym(
    kind: str, params: Mapping[str, object], sealed: str, place: Place, keys: Keys, key: bytes
) -> str:
    """Return a value of nobody's in the place of the held one, the same wherever the same value is held (S1-10).

    :param key: at least 32 random bytes that the caller throws away with the work; under another key the same value
        has another pseudonym, so that two sets of data are not to be laid beside each other.
    :raises WeakKey: the key is too short.
    """
    value = _text(sealed, place, keys)
    return pseudonym_of(kind, params, value, key)


class WeakKey(ValueError):
    """A key of fewer than 32 bytes could be tried out."""


def pseudonym_of(kind: str, params: Mapping[str, object], text: str, key: bytes) -> str:
    """Return the pseudonym of a text that lies open; raises as `pseudonym` does."""
    if len(key) < LEAST_KEY:
        raise WeakKey
    return pseudonyms.pseudonym(kind, text, check_code_of(kind, text, key), params)


def unchanged(sealed: str, place: Place, keys: Keys, text: str) -> bool:
    """Tell a writer whether the stored text to be written is the one already held, so that nothing is written.

    Any kind, exact texts. Never an answer to a person: that is `compare`, which counts guesses.
    """
    return _same(text, _text(sealed, place, keys))


def recast(kind: str, params: Mapping[str, object], sealed: str, place: Place, keys: Keys) -> str:
    """Return a value sealed as its kind writes it: the same sealed text where it is written so already.

    :raises kinds.base.Invalid: it is no value of this kind; the error carries a code and never the value.
    """
    value = _text(sealed, place, keys)
    said = registry.get(kind).clean(value, params)
    return sealed if said == value else seal(said, place, keys)


def index(
    kind: str, indexes: Iterable[str], sealed: str, place: Place, keys: Keys
) -> list[tuple[int, bytes]]:
    """Return (epoch, digest) of a value for each of these blind indexes of its field."""
    return value_digests(place.field, indexes, kind, _text(sealed, place, keys))


def index_in(
    epoch: int, kind: str, indexes: Iterable[str], sealed: str, place: Place, keys: Keys
) -> list[bytes]:
    """Return the digests of a value in one epoch, one for each of these blind indexes of its field."""
    value = _text(sealed, place, keys)
    found = []
    for one in indexes:
        try:
            found.append(digest_in(epoch, place.field, one, kind, value))
        except TooShort:
            continue
    return found


class NotApproved(PermissionError):
    """The trail knows no signed change of this field to such a level under this approval."""


class _Signed:
    """A signed change of one field to one of some levels, confirmed in the trail once for a whole batch."""

    __slots__ = ("field", "id")
    levels: ClassVar[tuple[int, ...]] = ()

    def __init__(self, id: UUID, field: str) -> None:
        """
        :raises NotApproved: see there.
        """
        # SECURITY: the event of the two signatures is what opens, not the word of whoever calls.
        if not Event.objects.filter(
            kind=SIGNED_CHANGE, request=str(id), facts__field=field, facts__level__in=self.levels
        ).exists():
            raise NotApproved(field)
        self.id = id
        self.field = field


class Approval(_Signed):
    """A signed change of one field to an open level."""

    __slots__ = ()
    levels = OPEN_LEVELS


class ApartApproval(_Signed):
    """A signed change of one field to L4."""

    __slots__ = ()
    levels = (APART_LEVEL,)


def open_relabelled(sealed: str, place: Place, keys: Keys, approval: Approval) -> str:
    """Return a value of a field that was signed to be open: to be stored as such, never to be shown from here.

    :raises NotApproved: the approval is of another field.
    :raises CannotOpen: when the value does not open at this place.
    """
    if type(approval) is not Approval or approval.field != place.field:
        raise NotApproved(place.field)
    return Clear(_text(sealed, place, keys))


def deposit_sealed(
    sealed: str, place: Place, keys: Keys, approval: ApartApproval, *, header: bytes
) -> tuple[bytes, int]:
    """Return a value behind a header, sealed to the restricted host, and its size in bytes.

    :raises NotApproved: the approval is of another field.
    :raises CannotOpen: when the value does not open at this place.
    """
    if type(approval) is not ApartApproval or approval.field != place.field:
        raise NotApproved(place.field)
    content = clear(from_text(sealed), place, keys)
    # SECURITY: to the host of the settings, never to a key that a caller names; this side opens it no more.
    return seal_deposit(header + content, Path(settings.RESTRICTED_RECIPIENT_FILE)), len(content)


def reseal(sealed: str, place: Place, keys: Keys, to: Place, to_keys: Keys) -> str:
    """Seal a value anew for another level, domain or data-key version of the same subject and field.

    :raises CannotOpen: also when `to` is another subject or field: that would carry a value past its receipt.
    """
    if to.subject != place.subject or to.field != place.field:
        raise CannotOpen
    return to_text(seal_bytes(clear(from_text(sealed), place, keys), to, to_keys))


def _text(sealed: str, place: Place, keys: Keys) -> str:
    try:
        return clear(from_text(sealed), place, keys).decode()
    except UnicodeDecodeError:
        raise CannotOpen from None


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode(), other.encode())


def _never_all(shown: str, value: str) -> str:
    # SECURITY: a mask of a very short value may hide nothing; then everything is hidden.
    return HIDDEN if value and value in shown else shown
