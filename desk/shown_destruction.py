"""Destruction batches as their pages receive them: decided, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext, pgettext_lazy

from classification.models import categories
from classification.queries import catalogue
from classification.words import name_of
from customers.models import Customer
from retention.models import DestructionBatch, DestructionItem, DownstreamSystem
from retention.queries.batches import Stage, Standing
from retention.queries.held import kept
from retention.words import STAGES, purpose_names, rule_words, trigger_words, way_words

SHOWN = 50
STEPS = {
    Stage.TO_CHECK: pgettext_lazy("step of a destruction", "check"),
    Stage.TO_APPROVE: pgettext_lazy("step of a destruction", "approval by the head"),
    Stage.RUNNING: pgettext_lazy("step of a destruction", "destruction"),
    Stage.APART: pgettext_lazy("step of a destruction", "restricted host confirms"),
    Stage.DONE: pgettext_lazy("step of a destruction", "record"),
}
"""The way of a batch: each step is named as what is done in it, so that a done one does not say that it waits."""
LOOKS = {
    Stage.DONE: "done",
    Stage.KEPT: "stopped",
    Stage.FAILED: "failed",
    Stage.LAPSED: "stopped",
    Stage.RUNNING: "running",
}
OVER = (Stage.DONE, Stage.KEPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """One batch: `look` is the colour of its state; `steps` those of its way, each done, at hand or to come."""

    id: UUID
    why: str
    customers: int
    proposer: str
    proposed_at: datetime
    stage: str
    state: str
    look: str
    digest: str
    steps: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, one: Standing) -> BatchLine:
        """Put a batch in words."""
        batch = one.batch
        return cls(
            id=batch.pk,
            why=trigger_words(batch.trigger),
            customers=batch.customers,
            proposer=batch.proposed_by_number or gettext("the daily run"),
            proposed_at=batch.proposed_at,
            stage=one.stage.value,
            state=str(STAGES[one.stage.value]),
            look=LOOKS.get(one.stage, "waiting"),
            digest=batch.digest,
            steps=_steps(one.stage),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """One customer of a batch: the number while there is one, and what is to go."""

    number: str
    fields: str
    rule: str
    until: datetime
    held: bool


def items_of(batch: DestructionBatch, at: datetime) -> list[ItemLine]:
    """Return the first customers of a batch, and which of them are kept by a hold now."""
    items = list(DestructionItem.objects.filter(batch=batch).order_by("pk")[:SHOWN])
    numbers = _numbers(items)
    known, purposes = catalogue(at), purpose_names()
    held = kept({item.customer: item.fields for item in items}, at)
    return [
        ItemLine(
            number=numbers.get(item.customer, gettext("no longer here")),
            fields=gettext(", ").join(str(name_of(code)) for code in item.fields) or gettext("everything"),
            rule=rule_words(item.rule, known, purposes),
            until=item.until,
            held=item.customer in held,
        )
        for item in items
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemLine:
    """One row of the register of downstream systems, in words."""

    id: UUID
    name: str
    owner: str
    contact: str
    how: str
    holds: str
    since: datetime
    ended_at: datetime | None


def system_lines(at: datetime) -> list[SystemLine]:
    """Return the register, what is in force first."""
    known, kinds = catalogue(at), dict(categories())
    return [
        SystemLine(
            id=row.pk,
            name=row.name,
            owner=row.owner,
            contact=row.contact,
            how=way_words(row.how),
            holds=gettext(", ").join(
                [
                    *(str(kinds.get(one, one)) for one in row.categories),
                    *(known.get(code).label if code in known else code for code in row.fields),
                ]
            ),
            since=row.since,
            ended_at=row.ended_at,
        )
        for row in sorted(DownstreamSystem.objects.all(), key=lambda row: row.ended_at is not None)
    ]


def _numbers(items: Sequence[DestructionItem]) -> Mapping[UUID, str]:
    refs = [item.customer for item in items]
    return dict(Customer.objects.filter(ref__in=refs).values_list("ref", "number"))


def _steps(stage: Stage) -> tuple[tuple[str, str], ...]:
    here = list(STEPS).index(stage) if stage in STEPS else -1
    looks = ["done" if place < here or stage in OVER else "" for place in range(len(STEPS))]
    if here >= 0 and stage not in OVER:
        looks[here] = "here"
    return tuple((str(words), look) for words, look in zip(STEPS.values(), looks, strict=True))
