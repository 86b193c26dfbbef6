"""The job that changes the index epoch. Killed at any instant, it goes on: each step is found done or done again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from classification.queries import catalogue
from customers import events
from customers.models import Customer, IndexEntry
from customers.reindex.filling import delete_before, fill, lacking, vacuum_index
from customers.rekey import resealing
from customers.rotating import insist_alone, signed_by
from jobs.running import Cursor, JobFailed, Turn
from trail.actor import Actor
from trail.services import record
from vault import epochs

BATCH_ROWS = 1000
DELETED_ROWS = 20_000


@dataclass(slots=True)
class Progress(Cursor):
    """How far a job has come; its cursor carries this. `after` is the last id of the pass."""

    after: int = 0
    passes: int = 0
    found: int = 0
    """Customers that lacked rows in this pass."""
    indexed: int = 0
    unreadable: int = 0
    """Values that did not open in this pass."""
    superseded_at: str = ""
    deleted: int = 0
    ended: bool = False


def reindex(turn: Turn) -> Mapping[str, object]:
    """Index everybody in a new epoch, and end the older ones.

    :raises JobFailed: another rotation was there first, the epoch is not the next one, or values do not open.
    """
    insist_alone(turn.job)
    progress, epoch = Progress.of(turn.job), int(str(turn.job.parameters["epoch"]))
    try:
        created_at = epochs.create(epoch, at=turn.at)
    except epochs.NotNext:
        raise JobFailed("not_next_epoch", epoch=epoch) from None
    if turn.job.total is None:
        turn.progress(done=0, cursor=asdict(progress), total=Customer.objects.count())
    _fill_all(turn, progress, epoch, created_at)
    _delete_old(turn, progress, epoch)
    if not progress.ended:
        vacuum_index()
        epochs.destroy_before(epoch, at=turn.at)
        _finish(turn, progress, epoch)
    return {"epoch": epoch, "indexed": progress.indexed, "deleted": progress.deleted}


def _fill_all(turn: Turn, progress: Progress, epoch: int, created_at: datetime) -> None:
    """Go through everybody, then through those who lack rows, until a pass that began late enough found nobody.

    A process that has not noticed the new epoch writes the old one alone; after READERS_ARE_DONE there is none.
    """
    while not progress.superseded_at:
        known = catalogue(turn.at)
        rows = lacking(known, epoch) if progress.passes else Customer.objects.all()
        ids = list(
            rows.filter(pk__gt=progress.after).order_by("pk").values_list("pk", flat=True)[:BATCH_ROWS]
        )
        if ids:
            with transaction.atomic():
                done = fill(ids, known, epoch)
                progress.after, progress.indexed = ids[-1], progress.indexed + done.new
                progress.found += bool(done.new)
                progress.unreadable += done.unreadable
                _tell(turn, progress, turn.job.done + (0 if progress.passes else len(ids)))
        elif progress.passes and not progress.found:
            if progress.unreadable:
                # SECURITY: the older epoch alone finds their customers; both stay, and the rotation is begun again.
                raise JobFailed("values_unreadable", values=progress.unreadable)
            progress.superseded_at = epochs.supersede(epoch, at=turn.at).isoformat()
            _tell(turn, progress, turn.job.done)
        else:
            turn.wait_until(created_at + resealing.READERS_ARE_DONE)
            progress.after, progress.passes, progress.found = 0, progress.passes + 1, 0
            progress.unreadable = 0
            _tell(turn, progress, turn.job.done)


def _delete_old(turn: Turn, progress: Progress, epoch: int) -> None:
    if progress.ended:
        return
    _delete_all(turn, progress, epoch)
    turn.wait_until(datetime.fromisoformat(progress.superseded_at) + resealing.READERS_ARE_DONE)
    _delete_all(turn, progress, epoch)


def _delete_all(turn: Turn, progress: Progress, epoch: int) -> None:
    gone = 1
    while gone:
        with transaction.atomic():
            gone = delete_before(epoch, DELETED_ROWS)
            progress.deleted += gone
            _tell(turn, progress, turn.job.done)


def _tell(turn: Turn, progress: Progress, done: int) -> None:
    turn.progress(done=done, cursor=asdict(progress), total=max(turn.job.total or 0, done))


def _finish(turn: Turn, progress: Progress, epoch: int) -> None:
    progress.ended = True
    facts = {
        "job": str(turn.job.id),
        "epoch": epoch,
        "indexed": progress.indexed,
        "deleted": progress.deleted,
        "held": IndexEntry.objects.filter(epoch=epoch).count(),
    }
    with transaction.atomic():
        record(
            events.REINDEXED,
            by=Actor.system(turn.job.kind),
            at=turn.at,
            facts=facts,
            request=signed_by(turn.job),
        )
        _tell(turn, progress, turn.job.total or 0)
