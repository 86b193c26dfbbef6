"""Backups as their page receives them: where each kind stands, what each file needs next, how restoring went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from retention.backups.words import FAULTS, KIND_NAMES
from retention.models import Backup, Recovery
from retention.models.backups import LIFE
from retention.queries import apart_backups
from retention.queries import backups as asking

OVERDUE: dict[str, tuple[str | Promise, str]] = {
    asking.BACKUP_OVERDUE: (
        _(
            "The newest backup is older than it should ever be. See why the worker makes none, or make one by hand:"
        ),
        "manage.py backup",
    ),
    asking.CHECK_OVERDUE: (
        _("For more than a week no backup was proved to be restorable. Restore them where nobody looks:"),
        "manage.py verify_backup --identity FILE",
    ),
    asking.DRILL_OVERDUE: (
        _(
            "Restoring must be practised each quarter. Practise it, measured and recorded, while the site goes on:"
        ),
        "manage.py restore --drill --by STAFF_NUMBER --identity FILE",
    ),
    apart_backups.BACKUP_OVERDUE: (
        _(
            "The restricted host has not backed up L4 for a day, or its keys for an hour. See there why, or do it by "
            "hand:"
        ),
        "manage.py restricted_jobs --backup",
    ),
    apart_backups.DRILL_OVERDUE: (
        _("Bringing L4 back must be practised each quarter. Practise it on the restricted host:"),
        "manage.py restricted_restore --drill --identity FILE --identity FILE",
    ),
}
"""What is overdue, in words, and the command that is the next step."""
EVERY: dict[str, str | Promise] = {"data": _("each night"), "keyring": _("each hour")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one kind of backup stands."""

    name: str | Promise
    every: str | Promise
    life: timedelta
    point: datetime | None
    age: timedelta | None
    late: bool
    sound_at: datetime | None
    check_late: bool
    unchecked: int
    location: str

    @classmethod
    def of(cls, kind: str, at: datetime) -> Standing:
        """Return where a kind stands."""
        newest, sound = asking.newest(kind), asking.last_sound(kind)
        return cls(
            name=KIND_NAMES[kind],
            every=EVERY[kind],
            life=LIFE[kind],
            point=newest.at if newest else None,
            age=at - newest.at if newest else None,
            late=asking.is_late(kind, at),
            sound_at=sound.at if sound else None,
            check_late=asking.check_is_late(kind, at),
            unchecked=asking.unchecked(kind),
            location=newest.location if newest else "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupLine:
    """One backup; `faults` is None as long as nobody has restored it."""

    kind: str | Promise
    point: datetime
    file: str
    sha256: str
    size: int
    rows: int
    kept_until: datetime
    removed_at: datetime | None
    checked_at: datetime | None
    faults: Sequence[str | Promise] | None

    @classmethod
    def of(cls, backup: Backup) -> BackupLine:
        """Return the line of a backup that was read with its checks and its removal."""
        last = max(backup.checks.all(), key=lambda check: check.at, default=None)
        removal = getattr(backup, "removal", None)
        return cls(
            kind=KIND_NAMES[backup.kind],
            point=backup.at,
            file=backup.file,
            sha256=backup.sha256,
            size=backup.size,
            rows=backup.rows,
            kept_until=backup.kept_until,
            removed_at=removal.at if removal else None,
            checked_at=last.at if last else None,
            faults=[FAULTS[fault] for fault in last.faults] if last else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryLine:
    """One drill, or one restore in earnest."""

    at: datetime
    drill: bool
    by: str
    point: datetime
    lost: timedelta
    seconds: float
    faults: Sequence[str | Promise]
    event: int

    @classmethod
    def of(cls, made: Recovery) -> RecoveryLine:
        """Return the line of a recovery."""
        return cls(
            at=made.at,
            drill=made.drill,
            by=f"{made.by_name} {made.by_number}",
            point=made.point,
            lost=made.lost,
            seconds=made.seconds,
            faults=[FAULTS[fault] for fault in made.faults],
            event=made.event,
        )
