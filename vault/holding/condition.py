"""How the site stands, to be shown: open or sealed, since when, how many shares are in and whose are missing."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from vault.away import KeysAway
from vault.holding import sealing
from vault.holding.client import KeyholderProvider, Refused
from vault.holding.sealing import Order
from vault.providers import KekProvider, provider


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
    """Return why the keyholder of this host opens nothing; no query, and nothing where there is no keyholder."""
    keys = provider()
    if isinstance(keys, KeyholderProvider):
        try:
            keys.versions()
        except KeysAway as away:
            return away
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
