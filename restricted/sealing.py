"""Whether this host is sealed: by an order given here or by the main site's, until it is opened again here; or because
whoever keeps its master key has it not, or does not answer.

SECURITY: an order of the main site is copied here when it is met, so that whoever can delete it there lifts nothing;
and it is looked for at every act that needs a key. The master key is asked for one act at a time (`vault.apart`), so
there is nothing that a process would have to forget; a keyholder looks for orders each second.
"""

from __future__ import annotations

from django.conf import settings

from files import apart
from restricted import keks
from restricted.models import SealOrder, Unsealing
from vault.apart import held_keks, how_sealed_apart
from vault.away import KeysAway, OlderKey, ProviderLost, Sealed
from vault.holding.client import Refused
from vault.holding.condition import Condition, condition_of
from vault.holding.sealing import Order
from vault.keyfiles import BadKeyFile


def holding() -> SealOrder | None:
    """Return the order under which nothing opens; None: this host is open."""
    _meet()
    newest = SealOrder.objects.order_by("-number").first()
    lifted = Unsealing.objects.order_by("-seal_order").first()
    return newest if newest and (lifted is None or lifted.seal_order < newest.number) else None


def insist_open() -> None:
    """
    :raises Sealed: this host is sealed.
    """
    if holding() is not None:
        raise Sealed


def away() -> KeysAway | None:
    """Return why no value opens now: an order, too few shares, a key that does not answer or is an older one."""
    try:
        keys = held_keks()
        if holding() is not None:
            return how_sealed_apart()
        if max(keys.versions(), default=0) < keks.current():
            return OlderKey("the key that is served is older than the data keys")
    except KeysAway as reason:
        return reason
    except (BadKeyFile, Refused) as fault:
        return ProviderLost(str(fault))
    return None


def shares() -> Condition | None:
    """Return whose shares are in and whose are missing; None where none are used."""
    if settings.RESTRICTED_KEK_PROVIDER != "keyholder":
        return None
    held = holding()
    order = Order(held.number, held.at, holds=True) if held else Order(0, None, holds=False)
    return condition_of("keyholder", held_keks(), order)


def _meet() -> None:
    known = [one.main for one in SealOrder.objects.filter(main__isnull=False) if one.main]
    new = apart.sealings(known)
    SealOrder.objects.bulk_create(
        (SealOrder(main=one.pk, by_number=one.by_number, at=one.at) for one in new), ignore_conflicts=True
    )
