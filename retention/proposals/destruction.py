"""The proposal of this part: that a batch is destroyed. Who checked it proposes, a head approves (S0-45)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat, register
from approvals.rules import WAITING, state
from classification.words import name_of
from customers.models import Customer
from jobs import services as jobs
from jobs.models import Job
from retention.destroying import DESTROY
from retention.models import DestructionBatch
from retention.queries.batches import Stage, digest_of, listed, standing
from retention.words import trigger_words
from staff.queries import heads, signers_for_department
from staff.roles import HEAD, NAMES
from trail.actor import Actor

PERMISSION = "destruction.check"


def content_of(batch: DestructionBatch) -> dict[str, Any]:
    """Return the canonical content: which list, by its digest."""
    items = listed(batch)
    return {
        "batch": str(batch.pk),
        "digest": digest_of(items),
        "trigger": batch.trigger,
        "customers": sum(not one.fields for one in items),
        "parts": sum(bool(one.fields) for one in items),
        "fields": sorted({code for one in items for code in one.fields}),
        "department": _department([one.customer_ref for one in items]),
    }


def _department(refs: Sequence[UUID]) -> int | None:
    found = Customer.objects.filter(ref__in=refs).values_list("portfolio__department", flat=True).distinct()
    departments = list(found.order_by()[:2])
    return departments[0] if len(departments) == 1 else None


def _batch(content: Content) -> DestructionBatch:
    batch = DestructionBatch.objects.filter(pk=UUID(content["batch"])).first()
    if batch is None:
        raise CannotApply("batch_over")
    # SECURITY: what is destroyed is the list that was read, to the last field.
    if digest_of(listed(batch)) != content["digest"] or batch.digest != content["digest"]:
        raise CannotApply("changed_meanwhile")
    return batch


def _check(content: Content, by: Actor, at: datetime) -> None:
    found = standing(_batch(content), at)
    if found.proposal is not None and state(found.proposal, at) == WAITING:
        raise CannotApply("proposed_already")
    if found.stage not in (Stage.TO_CHECK, Stage.FAILED):
        raise CannotApply("batch_over")


def _apply(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Job:
    batch = _batch(content)
    if standing(batch, at).stage not in (Stage.TO_APPROVE, Stage.FAILED):
        raise CannotApply("batch_over")
    parameters = {"batch": str(batch.pk), "proposal": str(proposal.pk)}
    return jobs.start(DESTROY, by=by, at=at, parameters=parameters)


def _seats(content: Content, at: datetime) -> list[Seat]:
    department = content["department"]
    eligible = heads(at) if department is None else signers_for_department(department, at)
    return [Seat("head", eligible, str(NAMES[HEAD]))]


def _describe(content: Content) -> list[Line]:
    whole, parts = content["customers"], content["parts"]
    lines = [Line(_("Why"), after=trigger_words(content["trigger"]))]
    if whole:
        said = ngettext("%(n)s customer, everything", "%(n)s customers, everything", whole) % {"n": whole}
        lines.append(Line(_("What is destroyed"), after=said))
    if parts:
        said = ngettext("%(n)s customer, single fields", "%(n)s customers, single fields", parts) % {
            "n": parts
        }
        lines.append(Line(_("What is destroyed"), after=said))
        names = gettext(", ").join(str(name_of(code)) for code in content["fields"])
        lines.append(Line(_("Fields"), after=names))
    return [
        *lines,
        Line(_("Batch"), after=content["batch"]),
        Line(_("Digest of the list"), after=content["digest"]),
        Line(_("What happens"), after=_("Keys and rows are destroyed everywhere. It cannot be undone.")),
    ]


def register_kinds() -> None:
    """Register the kinds of proposal of destruction."""
    register(
        ProposalKind(
            code=DESTROY,
            name=_("Destruction of a batch"),
            seats=_seats,
            apply=_apply,
            describe=_describe,
            check=_check,
            permission=PERMISSION,
        )
    )
