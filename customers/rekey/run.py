"""The jobs that rotate data keys and change the suite. Killed at any instant, they go on where they were.

The cursor commits with each batch; keys are committed before it and found again by their date. The first pass
re-seals, the second ends old versions, READERS_ARE_DONE after the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from customers import events
from customers.rekey import resealing
from customers.rekey.resealing import end_old_keys, reseal
from customers.rekey.scope import NoSuchScope, Scope
from customers.rotating import insist_alone, signed_by
from customers.values import DOMAIN
from customers.writing import without_detail
from jobs.running import Cursor, JobFailed, Turn
from trail.actor import Actor
from trail.services import record
from trail.vocabulary import EventKind
from vault.keyring import keys_for
from vault.rekeying import next_keys, rewrite_keyring
from vault.suites import UnknownSuite, seal_with

BATCH_ROWS = 500
ENDED_ROWS = 2000


@dataclass(slots=True)
class Progress(Cursor):
    """How far a job has come; its cursor carries this. `after` is the last id of the pass."""

    after: int = 0
    customers: int = 0
    values: int = 0
    unreadable: int = 0
    resealed_at: str = ""
    destroyed: int = 0
    ended: bool = False


def rekey(turn: Turn) -> Mapping[str, object]:
    """Give every customer of the scope a new data key, and end the old ones.

    :raises JobFailed: another rotation was there first, or there is nobody in the scope.
    """
    insist_alone(turn.job)
    scope, progress = Scope.of(turn.job.parameters), Progress.of(turn.job)
    _count(turn, scope, passes=2)
    _reseal_all(turn, scope, progress, new_keys=True)
    _end_all(turn, scope, progress)
    if not progress.ended:
        if progress.destroyed:
            rewrite_keyring()
        facts = {name: getattr(progress, name) for name in ("customers", "values", "unreadable", "destroyed")}
        _finish(turn, progress, events.REKEYED, {"scope": scope.kind, **facts})
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
    _count(turn, everybody, passes=1)
    _reseal_all(turn, everybody, progress, new_keys=False)
    if not progress.ended:
        facts = {name: getattr(progress, name) for name in ("customers", "values", "unreadable")}
        _finish(turn, progress, events.SUITE_CHANGED, {"suite": suite, **facts})
    return _outcome(progress)


def _outcome(progress: Progress) -> Mapping[str, object]:
    kept = ("customers", "values", "unreadable", "destroyed")
    return {name: count for name, count in asdict(progress).items() if name in kept}


def _count(turn: Turn, scope: Scope, *, passes: int) -> None:
    if turn.job.total is not None:
        return
    try:
        count = scope.customers().count()
    except NoSuchScope:
        raise JobFailed("no_such_scope") from None
    turn.progress(done=0, cursor=turn.job.cursor, total=passes * count)


def _reseal_all(turn: Turn, scope: Scope, progress: Progress, *, new_keys: bool) -> None:
    job = turn.job
    while not progress.resealed_at:
        rows = scope.after(progress.after, BATCH_ROWS)
        refs = [ref for _, ref in rows]
        keys = (
            next_keys(refs, DOMAIN, since=job.created_at, at=turn.at) if new_keys else keys_for(refs, DOMAIN)
        )
        with without_detail(), transaction.atomic():
            done = reseal(refs, keys, job=str(job.id), by=Actor.system(job.kind), at=turn.at)
            progress.customers += done.customers
            progress.values += done.values
            progress.unreadable += done.unreadable
            progress.after = rows[-1][0] if rows else 0
            progress.resealed_at = "" if rows else turn.at.isoformat()
            _tell(turn, progress, job.done + len(rows))


def _end_all(turn: Turn, scope: Scope, progress: Progress) -> None:
    turn.wait_until(datetime.fromisoformat(progress.resealed_at) + resealing.READERS_ARE_DONE)
    while not progress.ended and (rows := scope.after(progress.after, ENDED_ROWS)):
        progress.destroyed += end_old_keys([ref for _, ref in rows])
        progress.after = rows[-1][0]
        _tell(turn, progress, turn.job.done + len(rows))


def _tell(turn: Turn, progress: Progress, done: int) -> None:
    turn.progress(done=done, cursor=asdict(progress), total=max(turn.job.total or 0, done))


def _finish(turn: Turn, progress: Progress, kind: EventKind, facts: Mapping[str, object]) -> None:
    progress.ended = True
    with transaction.atomic():
        facts = {"job": str(turn.job.id), **facts}
        record(kind, by=Actor.system(turn.job.kind), at=turn.at, facts=facts, request=signed_by(turn.job))
        turn.progress(done=turn.job.done, cursor=asdict(progress), total=turn.job.done)
