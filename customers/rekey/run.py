"""The jobs that rotate data keys and change the suite. Killed at any instant, they go on where they were.

The cursor commits with each batch; keys are committed before it and found again by their date. The first pass
re-seals, the second ends old versions, READERS_ARE_DONE after the first. Each pass goes through the customers, then
through sealed files and texts: those about the customers of the scope, or all of them where everybody is meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction

from customers import events
from customers.rekey import resealing
from customers.rekey.resealing import end_old_keys, reseal
from customers.rekey.scope import NoSuchScope, Scope
from customers.rotating import insist_alone, signed_by
from customers.values import DOMAIN
from customers.writing import without_detail
from files import rekeying
from files.rekeying import SHELVES, Shelf
from jobs.running import Cursor, JobFailed, Turn
from trail.actor import Actor
from trail.services import record
from trail.vocabulary import EventKind
from vault.keyring import keys_for
from vault.rekeying import next_keys, rewrite_keyring
from vault.suites import UnknownSuite, seal_with

BATCH_ROWS = 1000
ENDED_ROWS = 5000
A_MOMENT = timedelta(seconds=1)
CUSTOMERS = "customers"
RESEALED = (CUSTOMERS, *SHELVES)
ENDED = (CUSTOMERS, *rekeying.ENDED)
COUNTED = ("customers", "values", "files", "texts", "unreadable")


@dataclass(slots=True)
class Progress(Cursor):
    """How far a job has come; its cursor carries this. `after` is the last id of the pass on `shelf`."""

    shelf: str = CUSTOMERS
    after: int | str = ""
    customers: int = 0
    values: int = 0
    files: int = 0
    """Chunks of files and their names."""
    texts: int = 0
    unreadable: int = 0
    resealed_at: str = ""
    written_until: int = 0
    """The transaction below which none may be open any more before keys of texts end."""
    destroyed: int = 0
    ended: bool = False

    def go_on(self, shelves: Sequence[str]) -> bool:
        """Begin the next shelf of a pass, and tell whether there is one."""
        later = shelves[shelves.index(self.shelf) + 1 :]
        if later:
            self.after, self.shelf = "", later[0]
        return bool(later)


def rekey(turn: Turn) -> Mapping[str, object]:
    """Give every customer of the scope a new data key, and end the old ones.

    :raises JobFailed: another rotation was there first, or there is nobody in the scope.
    """
    insist_alone(turn.job)
    scope, progress = Scope.of(turn.job.parameters), Progress.of(turn.job)
    _count(turn, scope, ends=True)
    _reseal_all(turn, scope, progress, new_keys=True)
    _end_all(turn, scope, progress)
    if not progress.ended:
        if progress.destroyed:
            rewrite_keyring()
        _finish(turn, progress, events.REKEYED, {"scope": scope.kind, **_outcome(progress)})
    return _outcome(progress)


def change_suite(turn: Turn) -> Mapping[str, object]:
    """Let another suite seal from now on, and seal every value with it.

    :raises JobFailed: another rotation was there first, or the program has no such suite.
    """
    insist_alone(turn.job)
    progress = Progress.of(turn.job)
    suite = int(str(turn.job.parameters["suite"]))
    try:
        seal_with(suite, at=turn.at)
    except UnknownSuite:
        raise JobFailed("unknown_suite", suite=suite) from None
    everybody = Scope.of({})
    _count(turn, everybody, ends=False)
    _reseal_all(turn, everybody, progress, new_keys=False)
    if not progress.ended:
        facts = {name: getattr(progress, name) for name in COUNTED}
        _finish(turn, progress, events.SUITE_CHANGED, {"suite": suite, **facts})
    return _outcome(progress)


def _outcome(progress: Progress) -> Mapping[str, object]:
    return {name: count for name, count in asdict(progress).items() if name in (*COUNTED, "destroyed")}


def _count(turn: Turn, scope: Scope, *, ends: bool) -> None:
    if turn.job.total is not None:
        return
    try:
        passes = [RESEALED, ENDED] if ends else [RESEALED]
        total = sum(_held(scope, shelf) for shelves in passes for shelf in shelves)
    except NoSuchScope:
        raise JobFailed("no_such_scope") from None
    turn.progress(done=0, cursor=turn.job.cursor, total=total)


def _held(scope: Scope, shelf: str) -> int:
    return scope.customers().count() if shelf == CUSTOMERS else SHELVES[shelf].count(scope.refs())


def _reseal_all(turn: Turn, scope: Scope, progress: Progress, *, new_keys: bool) -> None:
    since = turn.job.created_at if new_keys else None
    while not progress.resealed_at:
        if progress.shelf == CUSTOMERS:
            rows = _reseal_customers(turn, scope, progress, since)
        else:
            rows = _reseal_shelf(turn, SHELVES[progress.shelf], scope, progress, since)
        if not rows:
            if not progress.go_on(RESEALED):
                progress.after, progress.shelf = "", CUSTOMERS
                progress.resealed_at = turn.at.isoformat()
            _tell(turn, progress, turn.job.done)


def _reseal_customers(turn: Turn, scope: Scope, progress: Progress, since: datetime | None) -> int:
    job, rows = turn.job, scope.after(int(progress.after or 0), BATCH_ROWS)
    if not rows:
        return 0
    refs = [ref for _, ref in rows]
    keys = next_keys(refs, DOMAIN, since=since, at=turn.at) if since else keys_for(refs, DOMAIN)
    with without_detail(), transaction.atomic():
        done = reseal(refs, keys, job=str(job.id), by=Actor.system(job.kind), at=turn.at)
        progress.customers += done.customers
        progress.values += done.values
        progress.unreadable += done.unreadable
        progress.after = rows[-1][0]
        _tell(turn, progress, job.done + len(rows))
    return len(rows)


def _reseal_shelf(turn: Turn, shelf: Shelf, scope: Scope, progress: Progress, since: datetime | None) -> int:
    rows = shelf.after(str(progress.after), scope.refs())
    if not rows:
        return 0
    with without_detail(), transaction.atomic():
        done = rekeying.reseal(shelf, rows, since=since, at=turn.at)
        if shelf is rekeying.TEXT:
            progress.texts += done.sealed
        else:
            progress.files += done.sealed
        progress.unreadable += done.unreadable
        progress.after = str(rows[-1].id)
        _tell(turn, progress, turn.job.done + len(rows))
    return len(rows)


def _end_all(turn: Turn, scope: Scope, progress: Progress) -> None:
    turn.wait_until(datetime.fromisoformat(progress.resealed_at) + resealing.READERS_ARE_DONE)
    if not progress.written_until:
        progress.written_until = rekeying.newest_transaction()
        _tell(turn, progress, turn.job.done)
    while not progress.ended:
        if progress.shelf == CUSTOMERS:
            rows = _end_customers(turn, scope, progress)
        else:
            rows = _end_shelf(turn, SHELVES[progress.shelf], scope, progress)
        if not rows:
            more = progress.go_on(ENDED)
            _tell(turn, progress, turn.job.done)
            if not more:
                return


def _end_customers(turn: Turn, scope: Scope, progress: Progress) -> int:
    rows = scope.after(int(progress.after or 0), ENDED_ROWS)
    if rows:
        progress.destroyed += end_old_keys([ref for _, ref in rows])
        progress.after = rows[-1][0]
        _tell(turn, progress, turn.job.done + len(rows))
    return len(rows)


def _end_shelf(turn: Turn, shelf: Shelf, scope: Scope, progress: Progress) -> int:
    # A text that is being written beside others under its customer's key cannot be seen yet.
    while rekeying.is_open_before(progress.written_until):
        turn.wait_until(turn.at + A_MOMENT)
    rows = shelf.after(str(progress.after), scope.refs())
    if rows:
        progress.destroyed += rekeying.end_old_keys(shelf, rows)
        progress.after = str(rows[-1].id)
        _tell(turn, progress, turn.job.done + len(rows))
    return len(rows)


def _tell(turn: Turn, progress: Progress, done: int) -> None:
    turn.progress(done=done, cursor=asdict(progress), total=max(turn.job.total or 0, done))


def _finish(turn: Turn, progress: Progress, kind: EventKind, facts: Mapping[str, object]) -> None:
    progress.ended = True
    with transaction.atomic():
        facts = {"job": str(turn.job.id), **facts}
        record(kind, by=Actor.system(turn.job.kind), at=turn.at, facts=facts, request=signed_by(turn.job))
        turn.progress(done=turn.job.done, cursor=asdict(progress), total=turn.job.done)
