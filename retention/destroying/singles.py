"""Single L4 values that were ordered destroyed by a proposal of their own.

The journal names such a value by its own number instead of its customer's, so that a restore of both sites from before
destroys that one again and leaves the customer's others.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from files import apart
from files.models import ApartDeposit, ApartOrder
from trail.actor import Actor
from vault import journal
from vault.keyring import keys_for
from vault.models import JournalEntry

PROPOSED = "proposal "
"""How the ground of such an order begins; the rest is the number of the proposal."""


def note(*, at: datetime) -> int:
    """Write into the journal what was ordered and is not there yet; return how many. The worker's role alone may."""
    orders = ApartOrder.objects.filter(why__startswith=PROPOSED, at__lte=at).select_related("deposit")
    by_value = {order.deposit.pk: order for order in orders}
    known = set(journal.naming(by_value).values_list("subject", flat=True))
    missing = [order for value, order in by_value.items() if value not in known]
    for order in missing:
        gone = journal.Gone(order.deposit.pk, (order.deposit.field,))
        record = UUID(order.why.removeprefix(PROPOSED))
        journal.write([gone], keys_for([], "L3"), record=record, at=order.at)
    return len(missing)


def order_again(entry: JournalEntry, *, by: Actor, at: datetime) -> bool:
    """Give the order of an entry again where the data have forgotten it; tell whether they had."""
    value = ApartDeposit.objects.filter(pk=entry.subject, order=None).first()
    if value is None:
        return False
    apart.order_destruction(value.pk, why=f"{PROPOSED}{entry.record}", by=by, at=at)
    return True
