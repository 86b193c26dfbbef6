"""Let portfolios and single customers of people end unless somebody confirms them: what a permission review does.

Each is part of an act whose event says more; what takes away is `placing`.
"""

from collections.abc import Collection
from datetime import datetime

from customers.models import CustomerPersonPermission, PortfolioPersonPermission, given
from trail.actor import Actor

Rows = type[PortfolioPersonPermission] | type[CustomerPersonPermission]


def let_lapse(rows: Rows, keys: Collection[int], *, deadline: datetime, by: Actor, at: datetime) -> int:
    """Let those of these rows that are live end at `deadline` unless they are confirmed before."""
    return rows.objects.filter(given(at), pk__in=keys).update(lapses_at=deadline)


def confirm(rows: Rows, keys: Collection[int], *, by: Actor, at: datetime) -> int:
    """Confirm those of these rows that are live: they go on as before."""
    return rows.objects.filter(given(at), pk__in=keys).update(lapses_at=None)


def narrow(rows: Rows, key: int, *, until: datetime, by: Actor, at: datetime) -> int:
    """Confirm a live row until a moment."""
    return rows.objects.filter(given(at), pk=key).update(until=until, lapses_at=None)
