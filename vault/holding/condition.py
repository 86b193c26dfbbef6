"""How the site stands, to be shown: open or sealed, since when, how many shares are in and whose are missing."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import InterfaceError, OperationalError

from vault.away import KeysAway, OlderKey, ProviderLost
from vault.holding import sealing
from vault.holding.client import KeyholderProvider, Refused
from vault.holding.sealing import Order
from vault.keyfiles import BadKeyFile
from vault.noticing import catch_up
from vault.providers import KekProvider, how_sealed, provider


@dataclass(frozen=True, slots=True)
class Condition:
    """The state of the site on this host. `needed` is 0 where no shares are used; `lost`: no keyholder answers."""

    keeper: str
    sealed: bool
    ordered_at: datetime | None = None
    lost: bool = False
    brought: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    needed: int = 0


def away_here() -> KeysAway | None:
    """Return why no value opens on this host, as its processes know it: an order, a key that is away or an older one.

    Said beside every page, so it asks what is known already: the keyring and the keyholder at most every FRESH_FOR
    seconds (a keyholder that is sealed or silent each time), a key file not at all.
    """
    try:
        keys = provider()
        said = catch_up()
        if said.sealed:
            return how_sealed(keys)
        if max(keys.versions(), default=0) < said.kek_now:
            return OlderKey("the key that is served is older than the keyring")
    except KeysAway as away:
        return away
    except (BadKeyFile, Refused, OperationalError, InterfaceError) as fault:
        return ProviderLost(str(fault))
    return None


def condition() -> Condition:
    """Ask the keyring and the keyholder of this host how the site stands."""
    return condition_of(settings.KEK_PROVIDER, provider(), sealing.newest_order())


def condition_of(keeper: str, keys: KekProvider, order: Order) -> Condition:
    """Ask who keeps a key how a site stands, whose newest order to seal is known."""
    ordered_at = order.given_at if order.holds else None
    if not isinstance(keys, KeyholderProvider):
        return Condition(keeper, order.holds, ordered_at)
    try:
        said = keys.state()
    except (KeysAway, Refused):
        return Condition(keeper, True, ordered_at, lost=True)
    return Condition(
        keeper,
        order.holds or not said["open"],
        ordered_at,
        brought=tuple(said["brought"]),
        missing=tuple(said["missing"]),
        needed=int(said["needed"]),
    )
