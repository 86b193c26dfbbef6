"""Deposits: files that the public pages hand over and cannot read back, and the worker that takes them in.

The type is told by the content's first bytes, never by a name. Size and type are checked before sealing and again
after opening, because the database also takes what somebody else sealed to the worker's public key.
"""

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction

from files import events
from files.models import MAX_DEPOSIT_BYTES as MAX_DEPOSIT_BYTES
from files.models import Deposit
from trail import services as trail
from trail.actor import Actor
from vault.deposit import open_deposit, seal_deposit
from vault.envelope import CannotOpen

EMPTY, SIZE, TYPE, DAMAGED, NOBODYS = "empty", "size", "type", "damaged", "nobodys"
"""Why a file is not accepted; NOBODYS: no app takes deposits of its purpose."""
BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}


class NotAccepted(ValueError):
    """This file is refused; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Taker(Protocol):
    """What an app does with a deposit that it asked for, inside the transaction that deals with it."""

    def __call__(
        self, deposit: Deposit, content: bytes, media_type: str, *, by: Actor, at: datetime
    ) -> None: ...


_takers: dict[str, Taker] = {}


def taker(purpose: str, take: Taker) -> None:
    """Say who takes deposits of this purpose; called at start.

    :raises ValueError: when somebody else does.
    """
    if _takers.setdefault(purpose, take) is not take:
        raise ValueError(f"Deposits of {purpose!r} have their taker already.")


def media_type(content: bytes) -> str:
    """Return the media type of a PDF, PNG or JPEG of at most 10 MB.

    :raises NotAccepted: for anything else.
    """
    if not content:
        raise NotAccepted(EMPTY)
    if len(content) > MAX_DEPOSIT_BYTES:
        raise NotAccepted(SIZE)
    for beginning, name in BEGINNINGS.items():
        if content.startswith(beginning):
            return name
    raise NotAccepted(TYPE)


def deposit(content: bytes, *, purpose: str, reference: UUID, at: datetime) -> Deposit:
    """Seal a file to the worker and leave it in the database; part of the act that brings it, which records it.

    :param reference: what it belongs to, such as the link it came through.
    :raises NotAccepted: when it is no PDF, PNG or JPEG, or too large.
    """
    media_type(content)
    sealed = seal_deposit(content, settings.DEPOSIT_RECIPIENT_FILE)
    return Deposit.objects.create(
        purpose=purpose,
        reference=reference,
        sealed=sealed,
        sha256=sha256(sealed).digest(),
        size=len(content),
        created_at=at,
    )


def take_in(id: UUID, *, by: Actor, at: datetime) -> bool:
    """Deal with one waiting deposit: hand it to its taker, or refuse it. Return whether it was there to deal with.

    Either way the sealed bytes are gone afterwards, so that no second copy outlives the file's own key.
    """
    with transaction.atomic():
        waiting = Deposit.objects.waiting().select_for_update(skip_locked=True).filter(id=id).first()
        if waiting is None:
            return False
        facts: dict[str, object] = {"deposit": str(id), "file_purpose": waiting.purpose}
        try:
            with transaction.atomic():
                _hand_over(waiting, by=by, at=at)
        except NotAccepted as refusal:
            waiting.refused = refusal.code
            trail.record(events.DEPOSIT_REFUSED, by=by, at=at, facts=facts | {"why": refusal.code})
        else:
            trail.record(events.DEPOSIT_TAKEN, by=by, at=at, facts=facts | {"bytes": waiting.size})
        waiting.taken_at, waiting.sealed = at, b""
        waiting.save(update_fields=["taken_at", "refused", "sealed"])
    return True


def _hand_over(waiting: Deposit, *, by: Actor, at: datetime) -> None:
    """
    :raises NotAccepted: when it does not open, is not what may be deposited, or nobody asked for it.
    """
    take = _takers.get(waiting.purpose)
    if take is None:
        raise NotAccepted(NOBODYS)
    try:
        content = open_deposit(bytes(waiting.sealed), Path(settings.DEPOSIT_KEY_FILE))
    except CannotOpen:
        raise NotAccepted(DAMAGED) from None
    take(waiting, content, media_type(content), by=by, at=at)
