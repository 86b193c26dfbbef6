"""Confirm fields as they are: sign the shipped defaults, or review fields without a change (S0-20, S1-5)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals import services as approvals
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind
from classification import words
from classification.events import FIELDS_CONFIRMED
from classification.models import FieldVersion
from classification.proposals.fields import LIFETIME
from classification.proposals.labels import label_of, supersede
from classification.proposals.signers import head_and_officer
from trail import services as trail
from trail.actor import Actor

CONFIRM = "field.confirm"


def propose_confirm(fields: Collection[str], *, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose that these fields be signed as they are now.

    :raises CannotApply: nothing_chosen, unknown_field.
    """
    return approvals.propose(CONFIRM, content=content_of(fields, at), reason_text=reason, by=by, at=at)


def content_of(fields: Collection[str], at: datetime) -> dict[str, Any]:
    """Return the canonical content: each field with the number of its version in force."""
    found = FieldVersion.objects.in_force(at).filter(field__in=fields).order_by("field_id")
    versions = [[one.field_id, one.number] for one in found]
    if len(versions) != len(set(fields)):
        raise CannotApply("unknown_field")
    return {"fields": versions}


def check(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a confirmation of nothing, and one of versions that are no longer in force."""
    _in_force(content, at)


def apply(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> list[FieldVersion]:
    """Give every field a signed version that says the same; its review begins anew."""
    current = _in_force(content, at, locked=True)
    made = [supersede(one, {}, proposal=proposal.pk, at=at) for one in current]
    facts = {"fields": [one.field_id for one in made], "versions": [one.number for one in made]}
    trail.record(FIELDS_CONFIRMED, by=by, at=at, facts=facts, request=str(proposal.pk))
    return made


def describe(content: Content) -> Sequence[Line]:
    """Show what each field means, which is what is signed."""
    numbers = dict(content["fields"])
    rows = (
        FieldVersion.objects.filter(field__in=numbers).select_related("field").order_by("field__form_order")
    )
    return [
        Line(
            f"L{one.level}-{one.field}",
            before=gettext("shipped default") if one.shipped else gettext("signed version %d") % one.number,
            after=words.summary(label_of(one)),
        )
        for one in rows
        if numbers[one.field_id] == one.number
    ]


def _in_force(content: Content, at: datetime, *, locked: bool = False) -> list[FieldVersion]:
    if not content["fields"]:
        raise CannotApply("nothing_chosen")
    numbers = dict(content["fields"])
    rows = FieldVersion.objects.in_force(at).filter(field__in=numbers).order_by("field_id")
    found = list(rows.select_for_update() if locked else rows)
    if {one.field_id: one.number for one in found} != numbers:
        raise CannotApply("changed_meanwhile")
    return found


KINDS = (
    ProposalKind(
        code=CONFIRM,
        name=_("Confirmation of fields as they are"),
        seats=head_and_officer,
        apply=apply,
        describe=describe,
        check=check,
        permission="labels.propose",
        proposer_may_sign=True,
        lifetime=LIFETIME,
    ),
)
