"""Let roles and headships end by themselves unless somebody confirms them: what a permission review does to them.

Each is part of an act whose event says more; only what ends a right records that, as every other way of ending does.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from staff.events import HEADSHIP_TAKEN, ROLE_TAKEN
from staff.models import Headship, RoleHolding
from staff.models.rights import live
from trail import services as trail
from trail.actor import Actor

Held = type[RoleHolding] | type[Headship]


def let_lapse(rows: Held, keys: Collection[int], *, deadline: datetime, by: Actor, at: datetime) -> int:
    """Let those of these rows that are live end at `deadline` unless they are confirmed before."""
    return rows.objects.filter(live(at), pk__in=keys).update(lapses_at=deadline)


def confirm(rows: Held, keys: Collection[int], *, by: Actor, at: datetime) -> int:
    """Confirm those of these rows that are live: they go on as before."""
    return rows.objects.filter(live(at), pk__in=keys).update(lapses_at=None)


def narrow(rows: Held, key: int, *, until: datetime, by: Actor, at: datetime) -> int:
    """Confirm a live row until a moment."""
    return rows.objects.filter(live(at), pk=key).update(until=until, lapses_at=None)


def end(rows: Held, key: int, *, by: Actor, at: datetime) -> bool:
    """End one row from now on, or from when it lapsed; return whether there was anything to end."""
    with transaction.atomic():
        row = rows.objects.select_for_update().filter(pk=key).first()
        if row is None or (row.until is not None and row.until <= at):
            return False
        row.until = max(row.since, min(at, row.lapses_at or at))
        row.save(update_fields=["until"])
        facts = {"person": str(row.person_id)}
        if isinstance(row, RoleHolding):
            trail.record(ROLE_TAKEN, by=by, at=at, facts=facts | {"role": row.role})
        else:
            trail.record(HEADSHIP_TAKEN, by=by, at=at, facts=facts | {"department": row.department.code})
    return True


def end_lapsed(person: UUID, *, by: Actor, at: datetime) -> None:
    """End what lapsed of a person, so that it does not stand in the way of what is given anew."""
    for rows in (RoleHolding, Headship):
        lapsed = rows.objects.filter(person_id=person, lapses_at__lte=at, until__isnull=True)
        for key in list(lapsed.values_list("pk", flat=True)):
            end(rows, key, by=by, at=at)
