"""Receipts: proof that an event is on disk, which the doors of `vault` want before they open anything.

Only `trail.services` issues them. A receipt is good for the subjects and fields it names, for 30 seconds, and
only once the transaction that wrote its event has ended.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NoReturn
from uuid import UUID

from django.db import Error, connection

GOOD_FOR_SECONDS = 30

_ISSUED = object()  # SECURITY: known to this module alone; a receipt without it was made elsewhere.


class ReceiptRefused(Exception):
    """The receipt does not cover what is asked, or its event is not (or not yet, or no longer) proof."""


class Receipt:
    """Prove that `event` was recorded `at`, showing fields of subjects and opening files or texts."""

    __slots__ = ("_confirmed", "_issued", "_since", "at", "event", "opens", "shows")
    event: int
    at: datetime
    shows: Mapping[UUID, frozenset[str]]
    opens: frozenset[UUID]
    _since: float
    _confirmed: bool
    _issued: object

    def __init__(self) -> None:
        raise TypeError("receipts are issued by trail.services.record")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        raise TypeError("a receipt has no variants")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a receipt does not change")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a receipt does not travel: whoever acts elsewhere records there")

    def __repr__(self) -> str:
        return f"<Receipt of event {getattr(self, 'event', None)}>"

    def check(self, subject: UUID, field: str) -> None:
        """Return when this receipt lets `field` of `subject` be opened now.

        :raises ReceiptRefused: otherwise.
        """
        Receipt.check_at_time(self, subject, field, time.monotonic())

    def check_at_time(self, subject: UUID, field: str, monotonic: float) -> None:
        """As `check`, at a reading of the monotonic clock, in seconds."""
        _confirm(self, monotonic)
        if field not in self.shows.get(subject, frozenset()):
            raise ReceiptRefused("the receipt does not cover this field of this subject")

    def check_open(self, id: UUID) -> None:
        """Return when this receipt lets the file or text `id` be opened now.

        :raises ReceiptRefused: otherwise.
        """
        Receipt.check_open_at_time(self, id, time.monotonic())

    def check_open_at_time(self, id: UUID, monotonic: float) -> None:
        """As `check_open`, at a reading of the monotonic clock, in seconds."""
        _confirm(self, monotonic)
        if id not in self.opens:
            raise ReceiptRefused("the receipt does not cover this file or text")


def issue(
    *, event: int, at: datetime, shows: Mapping[UUID, frozenset[str]], opens: Iterable[UUID], monotonic: float
) -> Receipt:
    """Make a receipt. SECURITY: called by `trail.services.record` and nobody else; a test holds that."""
    receipt = object.__new__(Receipt)
    for name, value in (
        ("event", event),
        ("at", at),
        ("shows", MappingProxyType(dict(shows))),
        ("opens", frozenset(opens)),
        ("_since", monotonic),
        ("_confirmed", False),
        ("_issued", _ISSUED),
    ):
        object.__setattr__(receipt, name, value)
    return receipt


def _confirm(receipt: Receipt, monotonic: float) -> None:
    if type(receipt) is not Receipt or getattr(receipt, "_issued", None) is not _ISSUED:
        raise ReceiptRefused("the receipt was not issued by the trail")
    if not 0 <= monotonic - receipt._since <= GOOD_FOR_SECONDS:
        raise ReceiptRefused(f"the receipt is older than {GOOD_FOR_SECONDS} seconds")
    if not receipt._confirmed:
        _confirm_on_disk(receipt)
        object.__setattr__(receipt, "_confirmed", True)


def _confirm_on_disk(receipt: Receipt) -> None:
    if transaction_is_open():
        raise ReceiptRefused(
            "the event is not committed: decide and record inside the transaction, open outside"
        )
    try:
        with connection.cursor() as cursor:
            cursor.execute("select from trail_event where id = %s and at = %s", [receipt.event, receipt.at])
            found = cursor.rowcount
    except Error:
        raise ReceiptRefused("the trail cannot confirm the event") from None
    if found != 1:
        raise ReceiptRefused("the event is not in the trail")


def transaction_is_open() -> bool:
    """Tell whether the caller is inside a transaction (not counting the one around a TestCase)."""
    if not connection.in_atomic_block:
        return connection.connection is not None and not connection.get_autocommit()
    return any(not block._from_testcase for block in connection.atomic_blocks)
