"""The job that moves the values of a field. It may be killed at any instant, and two of it cannot harm each other.

A batch is one transaction: documents, index rows, masked old values, misfits, its event and the job's cursor commit
together; data keys are committed before it. The first pass goes through everybody who holds a value, in the order of
ids; further ones through those whose value lies in the wrong document, until there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from approvals.models import Signature
from classification.queries import FieldSpec, catalogue
from classification.versions import moved_apart_by, opened_by
from customers import bulk, events, history
from customers.digests import written_exposure
from customers.models import Customer, Misfit
from customers.relabel.concerned import concerned, misplaced
from customers.relabel.handing import Hander
from customers.relabel.moving import Mover, Settled
from customers.writing import without_detail
from jobs.running import Cursor, Turn
from staff.services.notifications import notify
from trail.actor import Actor
from trail.services import record
from vault.keyring import Keys, keys_for, make_keys
from vault.transform import ApartApproval, Approval

RELABEL = "customers.relabel"
BATCH_ROWS = 500
ACTOR = Actor.system(RELABEL)
Rows = Sequence[tuple[int, UUID]]


@dataclass(slots=True)
class Progress(Cursor):
    """How far a job has come; its cursor carries this. `after` is the last id of the pass."""

    after: int = 0
    passes: int = 0
    done: int = 0
    moved: int = 0
    indexed: int = 0
    misfits: int = 0
    ended: bool = False


def run(turn: Turn) -> Mapping[str, object]:
    """Move the values of one field to where its label of now wants them."""
    field, progress = str(turn.job.parameters["field"]), Progress.of(turn.job)
    if turn.job.total is None:
        total = concerned(catalogue(turn.at).get(field)).count()
        turn.progress(done=0, cursor=asdict(progress), total=total)
    while not progress.ended:
        spec = catalogue(turn.at).get(field)
        rows = _next(spec, progress)
        if rows:
            _batch(turn, spec, rows, progress)
        elif misplaced(spec).exists():
            progress.after, progress.passes = 0, progress.passes + 1
        else:
            _end(turn, spec, progress)
    return {"field": field, "moved": progress.moved, "indexed": progress.indexed, "misfits": progress.misfits}


def _next(spec: FieldSpec, progress: Progress) -> Rows:
    rows = misplaced(spec) if progress.passes else concerned(spec)
    return list(rows.filter(pk__gt=progress.after).order_by("pk").values_list("pk", "ref")[:BATCH_ROWS])


def _batch(turn: Turn, spec: FieldSpec, rows: Rows, progress: Progress) -> None:
    keys = _keys([ref for _, ref in rows], spec, turn.at)
    mover = _mover(spec, turn.at)
    with without_detail(), transaction.atomic():
        held = list(_locked([pk for pk, _ in rows]))
        keys.confirm()
        settled = [mover.settle(one, keys, at=turn.at) for one in held]
        _write(settled, spec, turn.at)
        if held:
            _record(settled, spec, turn)
        progress.after = rows[-1][0]
        progress.done += len(rows)
        progress.moved += sum(one.changed for one in settled)
        progress.indexed += sum(bool(one.entries) for one in settled)
        progress.misfits += sum(bool(one.misfit) for one in settled)
        total = max(turn.job.total or 0, progress.done)
        turn.progress(done=progress.done, cursor=asdict(progress), total=total)


def _mover(spec: FieldSpec, at: datetime) -> Mover | Hander:
    if spec.apart:
        signed = moved_apart_by(spec.code, at)
        return Hander(spec, by=ACTOR, approval=ApartApproval(signed, spec.code) if signed else None)
    return Mover(spec, today=timezone.localdate(at), approval=_approval(spec, at))


def _keys(refs: list[UUID], spec: FieldSpec, at: datetime) -> Keys:
    return make_keys(refs, "L3", at=at) if spec.sealed else keys_for(refs, "L3")


def _approval(spec: FieldSpec, at: datetime) -> Approval | None:
    signed = None if spec.sealed else opened_by(spec.code, at)
    return Approval(signed, spec.code) if signed else None


def _locked(ids: list[int]) -> Iterable[Customer]:
    rows = Customer.objects.select_related("portfolio").select_for_update(of=("self",))
    return rows.filter(pk__in=ids).order_by("pk")


def _write(settled: Sequence[Settled], spec: FieldSpec, at: datetime) -> None:
    customers = [one.customer for one in settled]
    bulk.update([(one.customer, [spec.code], one.entries) for one in settled if one.changed])
    bulk.replace_entries([(one.customer, [spec.code], one.entries) for one in settled if not one.changed])
    if spec.sealed:
        history.mask_all(customers, spec)
    if spec.apart:
        history.hide_all(customers, spec)
    Misfit.objects.filter(customer__in=customers, field=spec.code).delete()
    Misfit.objects.bulk_create(
        Misfit(customer=one.customer, field=spec.code, code=one.misfit, at=at)
        for one in settled
        if one.misfit
    )


def _record(settled: Sequence[Settled], spec: FieldSpec, turn: Turn) -> None:
    facts = {
        "job": str(turn.job.id),
        "fields": [spec.code],
        "label": spec.version,
        "level": spec.level,
        "moved": sum(one.changed for one in settled),
        "indexed": sum(bool(one.entries) for one in settled),
        "misfits": sum(bool(one.misfit) for one in settled),
    }
    record(
        events.RELABELLED,
        by=ACTOR,
        at=turn.at,
        facts=facts,
        exposures=[
            *(written_exposure(one.customer) for one in settled),
            *(one.told for one in settled if one.told),
        ],
        request=str(turn.job.parameters["proposal"]),
    )


def _end(turn: Turn, spec: FieldSpec, progress: Progress) -> None:
    job = turn.job
    progress.ended = True
    facts = {"job": str(job.id), "field": spec.code, "moved": progress.moved, "misfits": progress.misfits}
    with transaction.atomic():
        record(
            events.RELABEL_FINISHED,
            by=ACTOR,
            at=turn.at,
            facts=facts,
            request=str(job.parameters["proposal"]),
        )
        people = _signers(str(job.parameters["proposal"]))
        link = f"/catalogue/{spec.code}/"
        notify(people, "job_finished", params={"kind": RELABEL}, link=link, at=turn.at)
        turn.progress(done=progress.done, cursor=asdict(progress), total=progress.done)


def _signers(proposal: str) -> set[UUID]:
    """Return who proposed and signed the label; nobody where the values were put right without a new one."""
    if not proposal:
        return set()
    signed = Signature.objects.filter(proposal=UUID(proposal)).values_list(
        "signer_id", "proposal__proposer_id"
    )
    return {person for people in signed for person in people}
