"""The job that destroys a batch, chunk by chunk; killed at any instant, it comes to the same end.

For each chunk: the journal names it (in the keyring, committed), then the restricted host is ordered, files, rows and
keys go, then the job moves on. Whoever goes on after a crash does the same chunk again, of which the journal says what
was decided; what is gone already is passed over, so every event is recorded once. Rewriting the tables and the proof
come last. The record is written when the restricted host has acknowledged everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from customers import erasing
from customers.reindex.filling import vacuum_index
from customers.rekey import resealing
from customers.together import OneOf
from customers.values import DOMAIN
from files.services import destroy_text_keys, text_keys_left
from jobs.running import Cursor, Turn
from retention.destroying import DESTROY, copies, spoken
from retention.destroying.concluding import conclude
from retention.models import DestructionBatch, DestructionItem
from retention.queries import held as holding
from retention.services import floors
from trail.actor import Actor
from vault import journal, shredding
from vault.keyring import keys_for
from vault.rekeying import rewrite_keyring

CHUNK = 1000
SAMPLE = 20
"""Values of a chunk that every retained key is tried on, and customers whose keys are retained for it."""
AFTERWARDS = 2
"""Steps after the chunks: rewriting the tables, and the proof."""
ACTOR = Actor.system(DESTROY)
Items = Sequence[DestructionItem]


@dataclass(slots=True)
class Progress(Cursor):
    """How far the job has come and what it has seen; its cursor carries this: the last items counted and done."""

    after: int = 0
    counted: int = 0
    rewritten: bool = False
    held: int = 0
    files: int = 0
    proofs: int = 0
    proofs_shared: int = 0
    attempts: int = 0
    opened: int = 0
    looked: int = 0
    found: int = 0
    before: dict[str, int] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)


def run(turn: Turn) -> Mapping[str, object]:
    """Destroy the batch of a job."""
    batch = DestructionBatch.objects.get(pk=UUID(str(turn.job.parameters["batch"])))
    progress = Progress.of(turn.job)
    while items := list(_items(batch).filter(pk__gt=progress.after)[:CHUNK]):
        _chunk(turn, batch, items, progress)
    if not progress.rewritten:
        _end_old_keys(turn, batch)
        rewrite_keyring()
        vacuum_index()
        progress.rewritten = True
        _move(turn, batch.customers + 1, progress)
    floors.end_over(by=ACTOR, at=turn.at)
    seen = {**asdict(progress), **_after(batch)}
    _move(turn, batch.customers + AFTERWARDS, progress)
    conclude(batch, turn.job, seen, at=turn.at)
    return seen


def _chunk(turn: Turn, batch: DestructionBatch, items: Items, progress: Progress) -> None:
    at, refs = turn.at, [item.customer for item in items]
    decided = set(
        journal.of_record(batch.pk).filter(OneOf("subject", refs)).values_list("subject", flat=True)
    )
    asked = {item.customer: item.fields for item in items}
    # What the journal names already was decided before a crash; a hold that came meanwhile came too late.
    held = holding.kept(asked, at) - decided
    parts = {ref: fields for ref, fields in asked.items() if ref not in held}
    whole = [ref for ref, fields in parts.items() if not fields]
    before, keys = erasing.known_by(whole, at)
    gone = {one.subject: one for one in before.gone}
    entries = [
        gone.get(ref) or journal.Gone(ref, tuple(fields))
        for ref, fields in parts.items()
        if ref not in decided
    ]
    # First of all: from here on a crash, or a restored backup, is followed by the same destruction.
    journal.write(entries, keys, record=batch.pk, at=at)
    _count(turn, batch, parts, items[-1].pk, progress)
    copies.order_apart(parts, batch=batch.pk, by=ACTOR, at=at)
    progress.files += copies.destroy_files(whole, by=ACTOR, at=at)
    with transaction.atomic():
        # A worker that lost its job leaves here, before a row goes.
        turn.progress(done=turn.job.done, cursor=turn.job.cursor, total=turn.job.total)
        erasing.erase_customers(whole, record_id=batch.pk, by=ACTOR, at=at)
    erasing.destroy_value_keys(whole)
    destroy_text_keys([*whole, *spoken.texts_about(whole)])
    _erase_fields(batch, parts, at)
    _prove(before, progress)
    progress.held += len(held)
    progress.after = items[-1].pk
    _move(turn, turn.job.done + len(items), progress)


def _count(
    turn: Turn, batch: DestructionBatch, parts: Mapping[UUID, Sequence[str]], upto: int, progress: Progress
) -> None:
    """Count what is there before anything of a chunk goes, once: whoever does it again finds less."""
    if progress.counted >= upto:
        return
    going, shared = erasing.proofs_of(parts, turn.at)
    progress.proofs, progress.proofs_shared = progress.proofs + going, progress.proofs_shared + shared
    _add(progress.levels, erasing.levels(parts, turn.at))
    if apart := len(copies.held_apart(parts, turn.at)):
        _add(progress.levels, {"L4": apart})
    whole = [ref for ref, fields in parts.items() if not fields]
    _add(progress.before, erasing.count(whole) | {"keys": _keys(whole)})
    progress.counted = upto
    _move(turn, turn.job.done, progress, total=batch.customers + AFTERWARDS)


def _erase_fields(batch: DestructionBatch, parts: Mapping[UUID, Sequence[str]], at: datetime) -> None:
    living = [ref for ref, fields in parts.items() if fields]
    entries = journal.of_record(batch.pk).filter(OneOf("subject", living))
    for entry in entries:
        erasing.erase_fields(
            entry.subject, entry.fields, record_id=batch.pk, by=ACTOR, at=at, collected_until=entry.at
        )
        erasing.leave_proofs(entry.subject, since=entry.at, at=at)


def _prove(before: erasing.Before, progress: Progress) -> None:
    """Try retained keys on what was sealed, and look for what was indexed."""
    retained = keys_for(erasing.retained(SAMPLE), DOMAIN)
    attempts, opened = shredding.tried(before.sealed[:SAMPLE], retained)
    progress.attempts, progress.opened = progress.attempts + attempts, progress.opened + opened
    progress.looked += before.index_rows
    progress.found += erasing.found_by_index(before)


def _end_old_keys(turn: Turn, batch: DestructionBatch) -> None:
    """Destroy the old keys of customers who stay, once nobody can be reading what lay under them any more."""
    living = list(journal.of_record(batch.pk).exclude(fields=[]).values_list("subject", flat=True))
    if living:
        turn.wait_until(turn.at + resealing.READERS_ARE_DONE)
        resealing.end_old_keys(living)
        for ref in living:
            erasing.end_proofs(ref)


def _after(batch: DestructionBatch) -> dict[str, object]:
    """Count what is left of what the journal says is gone."""
    whole = list(journal.of_record(batch.pk).filter(fields=[]).values_list("subject", flat=True))
    return {"left": erasing.count(whole) | {"keys": _keys(whole)}}


def _keys(whole: Sequence[UUID]) -> int:
    return erasing.keys_left(whole) + text_keys_left(whole)


def _items(batch: DestructionBatch) -> QuerySet[DestructionItem]:
    return DestructionItem.objects.filter(batch=batch).order_by("pk")


def _add(counted: dict[str, int], more: Mapping[str, int]) -> None:
    for name, number in more.items():
        counted[name] = counted.get(name, 0) + number


def _move(turn: Turn, done: int, progress: Progress, *, total: int | None = None) -> None:
    with transaction.atomic():
        turn.progress(done=done, cursor=asdict(progress), total=total)
