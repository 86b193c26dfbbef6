"""Whether this host is sealed: by an order given here or by the main site's, until it is opened again here.

SECURITY: an order of the main site is copied here when it is met, so that whoever can delete it there lifts nothing;
and it is looked for at every act that needs a key. The master key is read for one act at a time (`vault.apart`), so
there is nothing that a process would have to forget.
"""

from __future__ import annotations

from files import apart
from restricted.models import SealOrder, Unsealing
from vault.away import Sealed


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


def _meet() -> None:
    known = [one.main for one in SealOrder.objects.filter(main__isnull=False) if one.main]
    new = apart.sealings(known)
    SealOrder.objects.bulk_create(
        (SealOrder(main=one.pk, by_number=one.by_number, at=one.at) for one in new), ignore_conflicts=True
    )
