"""Show a person a sealed file that somebody else brought: evidence, attachments and scans alike, always as a copy.

The original stays sealed. That it is still the one whose digest was recorded is checked at each look.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from files.copies import Copy, stamped
from files.models import SealedFile
from files.services import read_file
from trail.actor import Actor
from trail.receipts import Receipt
from vault.envelope import CannotOpen


def show(id: UUID, *, name: str, by: Actor, at: datetime, receipt: Receipt, ending: str = "bin") -> Copy:
    """Return a stamped copy of one sealed file against the receipt of the look.

    :param name: what it is, such as "evidence".
    :param ending: of its name where it has no face.
    :raises files.services.NotReadable: its term is over.
    :raises vault.envelope.CannotOpen: it is not what was sealed.
    :raises files.copies.Unreadable: no stamped copy can be made of it, so nothing is shown.
    """
    content = b"".join(read_file(id, at=at, receipt=receipt))
    if digests([id]) != {id: sha256(content).hexdigest()}:
        raise CannotOpen
    return stamped(content, name=name, by=by, at=at, event=receipt.event, ending=ending)


def digests(ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the SHA-256 of originals, hex, by file."""
    found = SealedFile.objects.filter(pk__in=ids).values_list("pk", "sha256")
    return {id: bytes(digest).hex() for id, digest in found}
