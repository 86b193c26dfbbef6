"""The site whose key a keyholder keeps: what it wants to know of it, and what it puts on its record."""

from datetime import datetime
from typing import Protocol

from trail import services as trail
from trail.actor import Actor
from vault import events
from vault.holding import sealing
from vault.holding.sealing import Order
from vault.keeping import MAIN, Keeping
from vault.keyring import about
from vault.models import DataKey

BY = Actor.system("vault.keyholder")


class Site(Protocol):
    """The main site (`MainSite`), or the host of L4 (`restricted.keyholding`)."""

    @property
    def kept(self) -> Keeping:
        """Whose settings hold."""

    def newest_data_key(self) -> tuple[bytes, bytes, int] | None:
        """Return a data key under the newest KEK that any lies under, as `KekProvider.unwrap` takes it."""

    def lies_under(self, version: int) -> bool:
        """Tell whether a data key lies under a KEK version."""

    def newest_order(self) -> Order:
        """Return the newest order to seal."""

    def record_share(self, share: str, *, at: datetime) -> None:
        """Record that somebody's share is being brought."""

    def record_refusal(self, why: str, *, at: datetime) -> None:
        """Record that what was brought was refused."""

    def open_again(self, order: Order, *, at: datetime) -> None:
        """Record that the key is there, and lift the newest order where it still holds."""


class MainSite:
    """The main site: its data keys and its orders lie in the keyring."""

    kept = MAIN

    def newest_data_key(self) -> tuple[bytes, bytes, int] | None:
        newest = DataKey.objects.order_by("-kek_version").first()
        if newest is None:
            return None
        bound = about(newest.subject, newest.domain, newest.version)
        return bytes(newest.wrapped), bound, newest.kek_version

    def lies_under(self, version: int) -> bool:
        return DataKey.objects.filter(kek_version=version).exists()

    def newest_order(self) -> Order:
        return sealing.newest_order()

    def record_share(self, share: str, *, at: datetime) -> None:
        trail.record(events.SHARE_BROUGHT, by=BY, at=at, facts={"share": share})

    def record_refusal(self, why: str, *, at: datetime) -> None:
        trail.record(events.SHARE_REFUSED, by=BY, at=at, facts={"why": why})

    def open_again(self, order: Order, *, at: datetime) -> None:
        if order.holds:
            sealing.lift(order.number, at=at)
        trail.record(events.SITE_UNSEALED, by=BY, at=at, facts={"provider": "keyholder"})
