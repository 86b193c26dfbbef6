"""This host as its keyholder knows it: its data keys and its orders to seal lie in its own database."""

from __future__ import annotations

from datetime import datetime

from restricted import closing, events, sealing
from restricted.models import DataKey, SealOrder, Unsealing
from trail import services as trail
from trail.actor import Actor
from vault.apart import L4
from vault.holding.sealing import Order
from vault.keeping import APART
from vault.keyring import about

BY = Actor.system("restricted.keyholder")


class RestrictedSite:
    """The host of L4, as `vault.holding.site.Site` wants it."""

    kept = APART

    def newest_data_key(self) -> tuple[bytes, bytes, int] | None:
        newest = None if _is_being_filled() else DataKey.objects.order_by("-kek_version").first()
        if newest is None:
            return None
        return bytes(newest.wrapped), about(newest.value_id, L4, newest.version), newest.kek_version

    def lies_under(self, version: int) -> bool:
        return DataKey.objects.filter(kek_version=version).exists()

    def newest_order(self) -> Order:
        if _is_being_filled():
            return Order(0, None, holds=False)
        holds = sealing.holding()
        newest = holds or SealOrder.objects.order_by("-number").first()
        return (
            Order(newest.number, newest.at, holds=holds is not None)
            if newest
            else Order(0, None, holds=False)
        )

    def record_share(self, share: str, *, at: datetime) -> None:
        trail.record(events.SHARE_BROUGHT, by=BY, at=at, facts={"share": share})

    def record_refusal(self, why: str, *, at: datetime) -> None:
        trail.record(events.SHARE_REFUSED, by=BY, at=at, facts={"why": why})

    def open_again(self, order: Order, *, at: datetime) -> None:
        ends = order.number if order.holds else 0
        trail.record(events.UNSEALED, by=BY, at=at, facts={"order": ends})
        if order.holds:
            Unsealing.objects.create(seal_order=order.number, at=at)


def _is_being_filled() -> bool:
    """Tell whether L4 is being restored, or is about to be: shares come before its tables, and nothing opens then."""
    return closing.closed() is not None or closing.is_empty()
