"""The jobs that carry signed key acts out. Killed at any instant, they come to the same end.

An act is done in the keyring once for its proposal, then told in the trail together with the job's progress; batches of
the re-wrap commit in the keyring alone, and what is left there tells a later worker how far it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from django.db import transaction

from approvals.models import Proposal
from custody import acts, events
from jobs.running import JobFailed, Turn
from staff.services.notifications import notify
from trail.actor import Actor
from trail.services import record
from trail.vocabulary import EventKind
from vault import keks, rewrapping

PAGE = "/keys/"
BY = Actor.system("custody")


def kek(turn: Turn) -> Mapping[str, object]:
    """Carry out a signed act on one KEK version."""
    proposal = Proposal.objects.get(pk=UUID(str(turn.job.parameters["proposal"])))
    version = int(proposal.content["version"])
    do, kind = DOES[proposal.kind]
    try:
        do(version, proposal=proposal.pk, at=turn.at)
    except keks.KekRefused as refused:
        raise JobFailed(refused.code, version=version) from None
    _tell(turn, kind, {"kek": version}, proposal.pk, done=1)
    return {"version": version}


def rewrap(turn: Turn) -> Mapping[str, object]:
    """Wrap all data keys under older KEKs anew; those that do not open stay, and are counted."""
    left = rewrapping.left()
    done = max(turn.job.done, (turn.job.total or 0) - left)
    total = max(turn.job.total or 0, done + left)
    turn.progress(done=done, cursor=turn.job.cursor, total=total)
    shut: list[rewrapping.KeyName] = []
    try:
        while taken := rewrapping.rewrap(at=turn.at, passed_by=shut):
            done += taken
            total = max(total, done)
            turn.progress(done=done, cursor=turn.job.cursor | {"unreadable": len(shut)}, total=total)
    except rewrapping.TooManyShut:
        raise JobFailed("key_unreadable") from None
    version = int(turn.job.parameters["version"])
    counts = {"keys": total - len(shut), "unreadable": len(shut)}
    facts = {"kek": version, "job": str(turn.job.id), **counts}
    _tell(turn, events.REWRAPPED, facts, UUID(str(turn.job.parameters["proposal"])), done=total)
    return counts


def _tell(turn: Turn, kind: EventKind, facts: Mapping[str, object], proposal: UUID, *, done: int) -> None:
    if turn.job.cursor.get("told"):
        return
    with transaction.atomic():
        record(kind, by=BY, at=turn.at, facts=facts, request=str(proposal))
        if turn.job.owner_id:
            people = {turn.job.owner_id, Proposal.objects.get(pk=proposal).proposer_id}
            notify(people, "job_finished", params={"kind": turn.job.kind}, link=PAGE, at=turn.at)
        turn.progress(done=done, cursor=turn.job.cursor | {"told": True}, total=done)


DOES: Mapping[str, tuple[Callable[..., None], EventKind]] = {
    acts.CREATE: (keks.create, events.KEK_CREATED),
    acts.PROMOTE: (keks.promote, events.KEK_PROMOTED),
    acts.RETIRE: (keks.retire, events.KEK_RETIRED),
    acts.COMPROMISE: (keks.compromise, events.KEK_COMPROMISED),
    acts.RAISE_MINIMUM: (keks.raise_minimum, events.MINIMUM_RAISED),
    acts.DESTROY: (keks.destroy, events.KEK_DESTROYED),
}
