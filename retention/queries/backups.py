"""What backups there are, which are due, and until when something destroyed can be brought back from them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from retention.models import Backup, BackupCheck, Recovery
from retention.models.backups import DATA, KEYRING, LIFE

NIGHTLY = time(18, 40)
"""When the data are backed up, in UTC: at night in China."""
HOURLY = timedelta(minutes=50)
"""How old the newest backup of the keyring may grow before the next is made: asked every five minutes."""
LATE = {DATA: timedelta(hours=26), KEYRING: timedelta(minutes=75)}
CHECK_EVERY = timedelta(days=7)
"""How long a site goes on backups that nobody has restored."""
DRILL_EVERY = timedelta(days=92)

BACKUP_OVERDUE, CHECK_OVERDUE, DRILL_OVERDUE = "backup_overdue", "backup_check_overdue", "restore_drill_due"


def newest(kind: str) -> Backup | None:
    """Return the newest backup of a kind that is kept."""
    return Backup.objects.kept().filter(kind=kind).order_by("-at").first()


def is_due(kind: str, at: datetime) -> bool:
    """Tell whether a backup of this kind is to be made: data each night, the keyring each hour and after the data."""
    last = newest(kind)
    if last is None:
        return True
    if kind == DATA:
        return last.at < _last_night(at)
    data = newest(DATA)
    return at - last.at >= HOURLY or (data is not None and last.at < data.at)


def is_late(kind: str, at: datetime) -> bool:
    """Tell whether the newest backup of a kind is older than it should ever be."""
    last = newest(kind)
    return last is None or at - last.at > LATE[kind]


def last_sound(kind: str) -> BackupCheck | None:
    """Return the newest check of a kind of backup that found no fault."""
    return BackupCheck.objects.filter(backup__kind=kind, faults=[]).order_by("-at").first()


def unchecked(kind: str) -> int:
    """Return how many kept backups of a kind nobody has restored yet."""
    return Backup.objects.kept().filter(kind=kind, checks=None).count()


def check_is_late(kind: str, at: datetime) -> bool:
    """Tell whether no backup of a kind was found sound for too long, counted from the first there was."""
    sound, first = last_sound(kind), Backup.objects.filter(kind=kind).order_by("at").first()
    since = sound.at if sound else first.at if first else None
    return since is not None and at - since > CHECK_EVERY


def last_drill() -> Recovery | None:
    """Return the last time that restoring was practised, or done."""
    return Recovery.objects.filter(faults=[]).order_by("-at").first()


def drill_due_at() -> datetime | None:
    """Return when restoring is to be practised next; None: it never was, so it is due."""
    last = last_drill()
    return last.at + DRILL_EVERY if last else None


def overdue(at: datetime) -> list[str]:
    """Return the codes of what is overdue."""
    drill = drill_due_at()
    found = {
        BACKUP_OVERDUE: any(is_late(kind, at) for kind in (DATA, KEYRING)),
        CHECK_OVERDUE: any(check_is_late(kind, at) for kind in (DATA, KEYRING)),
        DRILL_OVERDUE: drill is None or drill <= at,
    }
    return [code for code, late in found.items() if late]


def unreadable_from(at: datetime) -> dict[str, datetime]:
    """Return, by kind, when no backup brings back what is destroyed now: the longest that a copy lives."""
    return {kind: at + life for kind, life in LIFE.items()}


def _last_night(at: datetime) -> datetime:
    tonight = datetime.combine(at.date(), NIGHTLY, tzinfo=at.tzinfo)
    return tonight if tonight <= at else tonight - timedelta(days=1)
