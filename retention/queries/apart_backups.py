"""Where the backups of L4 stand, as the restricted host said in the trail; nothing else of them is known here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from files import apart
from restricted.events import BACKED_UP, KEYS_BACKED_UP, RESTORED
from retention.models.backups import DATA, KEYRING
from retention.queries.backups import DRILL_EVERY, LATE
from trail.models import Event
from trail.vocabulary import EventKind

BACKUP_OVERDUE, DRILL_OVERDUE = "l4_backup_overdue", "l4_drill_due"
LOOKED_BACK = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Apart:
    """The newest backups of L4 and of its keys, and the last time that it was brought back whole."""

    values_at: datetime | None
    values: int
    keys_at: datetime | None
    drilled_at: datetime | None
    seconds: float
    late: bool
    keys_late: bool

    @property
    def drill_due_at(self) -> datetime | None:
        """When restoring is to be practised next; None: it never was, so it is due."""
        return self.drilled_at + DRILL_EVERY if self.drilled_at else None


def standing(at: datetime) -> Apart:
    """Return where the backups of L4 stand."""
    values, keys = _last(BACKED_UP, at), _last(KEYS_BACKED_UP, at)
    drill = _last(RESTORED, at, facts__faults=[])
    return Apart(
        values_at=values.at if values else None,
        values=values.facts["values"] if values else 0,
        keys_at=keys.at if keys else None,
        drilled_at=drill.at if drill else None,
        seconds=drill.facts["took"] if drill else 0,
        late=values is None or at - values.at > LATE[DATA],
        keys_late=keys is None or at - keys.at > LATE[KEYRING],
    )


def overdue(at: datetime) -> list[str]:
    """Return the codes of what is overdue; nothing where there is no restricted host."""
    if not apart.is_set_up():
        return []
    found = standing(at)
    due = found.drill_due_at
    late = {BACKUP_OVERDUE: found.late or found.keys_late, DRILL_OVERDUE: due is None or due <= at}
    return [code for code, is_late in late.items() if is_late]


def _last(kind: EventKind, at: datetime, **facts: object) -> Event | None:
    said = Event.objects.filter(kind=kind.code, at__gt=at - LOOKED_BACK, at__lte=at, **facts)
    return said.order_by("-at").first()
