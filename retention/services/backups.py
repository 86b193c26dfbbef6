"""The acts of backups: make, take in what a kill or a restore left unlisted, remove at the end of life, remind."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from retention import events
from retention.backups import making, manifests
from retention.backups.manifests import Manifest, NotSetUp
from retention.backups.postgres import NotDumped
from retention.models import Backup, BackupCheck, BackupRemoval, Recovery
from retention.models.backups import DATA, KEYRING
from retention.queries import apart_backups
from retention.queries import backups as asking
from staff.models import Notification
from staff.queries import holders_of
from staff.roles import OFFICER
from staff.services.notifications import notify
from trail.actor import Actor
from trail.services import record
from vault.keyfiles import BadKeyFile
from vault.keyring import deployment_id
from vault.whole_files import sync

PAGE = "/retention/backups/"
REMIND_AGAIN = timedelta(days=7)
_LOCK = 0x6261636B7570
log = logging.getLogger(__name__)


@contextmanager
def alone() -> Iterator[bool]:
    """Tell whether nobody else makes backups at this moment, and keep it so."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [_LOCK])
        mine = bool(cursor.fetchone()[0])
        try:
            yield mine
        finally:
            if mine:
                cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])


def tend(*, by: Actor, at: datetime) -> list[Backup]:
    """Do what is due: take in, make, remove, remind; return what was made. One that fails holds up no other."""
    remind(by=by, at=at)
    if not manifests.is_set_up():
        return []
    made = []
    with alone() as mine:
        for kind in (DATA, KEYRING) if mine else ():
            try:
                take_in(kind, by=by, at=at)
                if asking.is_due(kind, at):
                    made.append(back_up(kind, by=by, at=at))
                remove_past(kind, by=by, at=at)
            except (OSError, BadKeyFile, NotSetUp, NotDumped) as error:
                log.error("backup of the %s: %s", kind, type(error).__name__)
    return made


def back_up(kind: str, *, by: Actor, at: datetime) -> Backup:
    """Make a backup now.

    :raises manifests.NotSetUp: there is no place or no recipient.
    :raises vault.keyfiles.BadKeyFile: the recipient may not be used.
    :raises retention.backups.postgres.NotDumped: pg_dump failed.
    """
    making.clear_debris(kind)
    return _listed(making.make(kind, at=at), by, at)


def take_in(kind: str, *, by: Actor, at: datetime) -> list[Backup]:
    """List backups that lie in their place and in no row: a kill came between, or older data was restored."""
    ours = str(deployment_id())
    found = [one for one in manifests.lying(kind) if one.deployment == ours and one.path.exists()]
    known = set(Backup.objects.filter(pk__in=[one.uuid for one in found]).values_list("pk", flat=True))
    return [_listed(one, by, at) for one in found if one.uuid not in known]


def remove_past(kind: str, *, by: Actor, at: datetime) -> list[Backup]:
    """Remove the backups whose life is over: first the files, then the record that they are gone."""
    past = list(Backup.objects.past(at).filter(kind=kind).order_by("at"))
    for backup in past:
        _remove(backup, by, at)
    return past


def record_check(
    backup: Backup, *, faults: Sequence[str], seconds: float, by: Actor, at: datetime
) -> BackupCheck:
    """Record that a backup was restored into a scratch database, and what was wrong with it."""
    facts = _facts(backup) | {"took": seconds, "faults": list(faults)}
    with transaction.atomic():
        receipt = record(events.BACKUP_CHECKED, by=by, at=at, facts=facts)
        return BackupCheck.objects.create(
            backup=backup, at=at, seconds=seconds, faults=list(faults), event=receipt.event
        )


def record_drill(
    data: Backup, keyring: Backup, *, faults: Sequence[str], seconds: float, by: Actor, at: datetime
) -> Recovery:
    """Record that restoring was practised."""
    made = Recovery(
        drill=True, data=data.pk, keyring=keyring.pk, point=data.at, lost=at - data.at, faults=list(faults)
    )
    facts = _recovery_facts(made, seconds) | {"faults": list(faults)}
    with transaction.atomic():
        made.event = record(events.DRILLED, by=by, at=at, facts=facts).event
        return _recovered(made, seconds, by, at)


def record_recovery(
    data: Manifest, keyring: Manifest | None, *, replayed: int, seconds: float, by: Actor, at: datetime
) -> Recovery:
    """Record, in the data that came back, that they did; part of the act that opens the site."""
    made = Recovery(
        drill=False,
        data=data.uuid,
        keyring=keyring.uuid if keyring else None,
        point=data.moment,
        lost=at - data.moment,
    )
    facts = _recovery_facts(made, seconds) | {"replayed": replayed}
    with transaction.atomic():
        made.event = record(events.RECOVERED, by=by, at=at, facts=facts).event
        return _recovered(made, seconds, by, at)


def remind(*, by: Actor, at: datetime) -> list[str]:
    """Tell the officers, once a week, what is overdue; return its codes."""
    told = Notification.objects.filter(created_at__gt=at - REMIND_AGAIN)
    late = [*asking.overdue(at), *apart_backups.overdue(at)]
    overdue = [code for code in late if not told.filter(code=code).exists()]
    for code in overdue:
        notify(holders_of(OFFICER, at), code, link=PAGE, at=at)
    return overdue


def _listed(made: Manifest, by: Actor, at: datetime) -> Backup:
    row = Backup(
        id=made.uuid,
        kind=made.kind,
        at=made.moment,
        file=made.file,
        size=made.size,
        sha256=made.sha256,
        manifest_sha256=made.digest(),
        rows=sum(made.rows.values()),
        generation=made.generation,
        journal=made.journal,
        location=settings.BACKUP_LOCATION,
    )
    facts = _facts(row) | {
        "bytes": row.size,
        "file_sha256": row.sha256,
        "recovery_point": row.at.isoformat(),
        "generation": row.generation,
        "journal": row.journal,
    }
    with transaction.atomic():
        row.event = record(events.BACKUP_MADE, by=by, at=at, facts=facts).event
        row.save(force_insert=True)
    return row


def _remove(backup: Backup, by: Actor, at: datetime) -> None:
    path = manifests.place(backup.kind) / backup.file
    for one in (path, path.with_suffix(".json")):  # a file without its manifest is debris, and goes too
        one.unlink(missing_ok=True)
    if path.parent.is_dir():
        sync(path.parent)
    with transaction.atomic():
        receipt = record(events.BACKUP_REMOVED, by=by, at=at, facts=_facts(backup))
        BackupRemoval.objects.create(backup=backup, at=at, event=receipt.event)


def _facts(backup: Backup) -> dict[str, object]:
    return {"backup": str(backup.pk), "backup_kind": backup.kind, "file": backup.file}


def _recovery_facts(made: Recovery, seconds: float) -> dict[str, object]:
    keyring: UUID | None = made.keyring
    return {
        "recovery": str(made.pk),
        "backup": str(made.data),
        "keyring_backup": str(keyring or ""),
        "recovery_point": made.point.isoformat(),
        "took": seconds,
    }


def _recovered(made: Recovery, seconds: float, by: Actor, at: datetime) -> Recovery:
    made.seconds, made.at = seconds, at
    made.by_number, made.by_name = by.number, by.name
    made.save(force_insert=True)
    return made
