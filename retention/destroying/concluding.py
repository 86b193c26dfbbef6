"""Write the record of a destruction, once the restricted host has acknowledged what was ordered there."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from approvals.models import APPROVE, Proposal
from classification.queries import catalogue
from jobs.models import Job
from retention import events
from retention.destroying import DESTROY, copies
from retention.models import DestructionBatch, DestructionItem, DestructionRecord
from retention.queries.recipients import received, texts_sent
from retention.queries.systems import holding
from retention.records import digest_of
from staff.queries import holders_of
from staff.roles import OFFICER
from staff.services.notifications import notify
from trail.actor import Actor
from trail.models import Checkpoint
from trail.services import record
from vault import journal

FORMAT = 1
ACTOR = Actor.system(DESTROY)


def conclude(batch: DestructionBatch, job: Job, seen: Mapping[str, Any], *, at: datetime) -> bool:
    """Write the record and its event unless something is unacknowledged; return whether the record is there."""
    if copies.unacknowledged(batch.pk):
        return False
    if DestructionRecord.objects.filter(batch=batch).exists():
        return True
    content = _content(batch, job, seen, at)
    digest = digest_of(content)
    with suppress(IntegrityError):  # the worker and the sweep at once: one record, one event
        _write(batch, content, digest, at)
    return True


def _write(batch: DestructionBatch, content: Mapping[str, Any], digest: str, at: datetime) -> None:
    with transaction.atomic():
        DestructionRecord.objects.create(batch=batch, content=content, digest=digest, at=at)
        facts = {
            "batch": str(batch.pk),
            "customers": content["customers"],
            "fields": content["parts"],
            "held": content["held"],
            "digest": digest,
            "checkpoint": content["checkpoint"]["size"],
        }
        record(events.DESTROYED, by=ACTOR, at=at, facts=facts, request=content["proposal"])
        if recipients := len(content["recipients"]) + len(content["systems"]):
            link = f"/retention/batches/{batch.pk}/"
            notify(
                holders_of(OFFICER, at), "recipients_wait", params={"number": recipients}, link=link, at=at
            )


def conclude_waiting(*, at: datetime) -> int:
    """Write the records that only waited for the restricted host; return how many."""
    done = 0
    finished = Job.objects.filter(kind=DESTROY, finished_at__isnull=False)
    for batch in DestructionBatch.objects.filter(record=None):
        job = finished.filter(parameters__batch=str(batch.pk)).order_by("-created_at").first()
        done += job is not None and conclude(batch, job, job.outcome, at=at)
    return done


def _content(batch: DestructionBatch, job: Job, seen: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    proposal = Proposal.objects.get(pk=job.parameters["proposal"])
    signature = proposal.signatures.filter(answer=APPROVE).latest("at")
    items = DestructionItem.objects.filter(batch=batch)
    gone_of = dict(journal.of_record(batch.pk).values_list("subject", "fields"))
    refs = list(gone_of)
    did = journal.counts(batch.pk)
    fields = sorted({code for codes in items.values_list("fields", flat=True) for code in codes})
    gone = () if did["whole"] else fields
    # Where all of it was held, nothing is gone anywhere, and nobody is to be told.
    given, systems = received(refs, gone), holding(gone, catalogue(at)) if refs else []
    checkpoint = Checkpoint.objects.order_by("-size").first()
    return {
        "format": FORMAT,
        "batch": str(batch.pk),
        "list": batch.digest,
        "trigger": batch.trigger,
        "rules": sorted(set(items.values_list("rule", flat=True))),
        "customers": did["whole"],
        "parts": did["parts"],
        "fields": fields,
        "held": seen["held"],
        "levels": seen["levels"],
        "before": seen["before"],
        "left": seen["left"],
        "attempts": seen["attempts"],
        "opened": seen["opened"],
        "looked": seen["looked"],
        "found": seen["found"],
        "copies": copies.listed(
            [ref for ref in refs if not gone_of[ref]],
            [ref for ref in refs if gone_of[ref]],
            batch=batch.pk,
            seen=seen,
            outside=copies.Outside(len(given), texts_sent(refs), len(systems)),
            at=at,
        ),
        "recipients": given,
        "systems": systems,
        "proposal": str(proposal.pk),
        "proposed": _signed(batch.proposed_by_number, batch.proposed_at),
        "checked": _signed(proposal.proposer_number, proposal.proposed_at),
        "approved": _signed(signature.signer_number, signature.at),
        "started_at": job.started_at.isoformat() if job.started_at else "",
        "finished_at": at.isoformat(),
        "checkpoint": {
            "size": checkpoint.size if checkpoint else 0,
            "root": bytes(checkpoint.root).hex() if checkpoint else "",
        },
    }


def _signed(by: str, at: datetime) -> dict[str, str]:
    return {"by": by, "at": at.isoformat()}
