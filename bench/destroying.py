"""Destroy customers with everything that belongs to it, against deleting the same rows alone."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connections, transaction

from approvals.models import APPROVE, Proposal, Signature
from approvals.services import hash_of
from bench import writing
from bench.measure import ROWS, Line
from custinfo.databases import settings_for
from customers.models import Customer, Portfolio
from jobs import running
from jobs import services as jobs
from retention.destroying import DESTROY, run
from retention.due import Due
from retention.models import DestructionBatch, DestructionRecord
from retention.proposals.destruction import content_of
from retention.services import batches
from trail.actor import Actor
from trail.services import clock

ACTOR = Actor.system("bench.destroy")
FIRST, FIRST_RAW = 500_000_000, 600_000_000
"""Numbers that no other line of the bench uses."""


def lines(portfolios: Sequence[Portfolio], at: datetime) -> list[Line]:
    """Measure one batch from its start to its record, tables rewritten and proof included."""
    raw = ROWS / _raw(_made(portfolios, FIRST_RAW, at))
    due = [
        Due(customer_ref=ref, fields=(), rule="bench", reason_code="term", until=at)
        for ref in _made(portfolios, FIRST, at)
    ]
    batch = batches.propose(due, trigger="term", by=ACTOR, at=clock())
    parameters = {"batch": str(batch.pk), "proposal": str(_signed(batch, clock()).pk)}
    with transaction.atomic():
        job = jobs.start(DESTROY, by=ACTOR, at=clock(), parameters=parameters)
    with as_worker():
        began = time.perf_counter()
        running.run(job.pk, run.run)
        ours = ROWS / (time.perf_counter() - began)
    assert DestructionRecord.objects.filter(batch=batch).exists()
    return [
        Line(
            f"destroy {ROWS} customers: journal, rows, keys, VACUUM FULL, record",
            f"{ours:,.0f} customers/s",
            f"the rows alone {raw:,.0f}/s",
            f"{raw / ours:.1f}x",
            ">= 2,000 customers/s",
        )
    ]


@contextmanager
def as_worker() -> Iterator[None]:
    """Be the worker in the keyring: its role alone destroys keys."""
    keyring, worker = connections["keyring"], settings_for(os.environ["KEYRING_DATABASE_WORKER_URL"])
    before = {name: keyring.settings_dict[name] for name in ("USER", "PASSWORD")}
    keyring.close()
    keyring.settings_dict.update({name: worker[name] for name in before})
    try:
        yield
    finally:
        keyring.close()
        keyring.settings_dict.update(before)


def _made(portfolios: Sequence[Portfolio], first: int, at: datetime) -> list[UUID]:
    before = Customer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    writing.make_customers(portfolios, ROWS, at, start=first)
    return list(Customer.objects.filter(pk__gt=before).values_list("ref", flat=True))


def _raw(refs: Sequence[UUID]) -> float:
    ids = list(Customer.objects.filter(ref__in=refs).values_list("pk", flat=True))
    began = time.perf_counter()
    writing.remove_customers(ids)
    return time.perf_counter() - began


def _signed(batch: DestructionBatch, at: datetime) -> Proposal:
    content = content_of(batch)
    hashed = hash_of(DESTROY, content)
    proposal = Proposal.objects.create(
        kind=DESTROY,
        content=content,
        content_hash=hashed,
        proposer_id=uuid4(),
        proposer_number="BENCH",
        proposed_at=at,
        expires_at=at + timedelta(days=1),
        applied_at=at,
    )
    Signature.objects.create(
        proposal=proposal,
        seat="head",
        signer_id=uuid4(),
        signer_number="BENCH",
        answer=APPROVE,
        content_hash=hashed,
        at=at,
    )
    return proposal
