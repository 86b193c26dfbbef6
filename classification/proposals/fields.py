"""Change what a field means, or add one: a data security officer proposes, a head and an officer sign (S0-20).

The content names the version that it supersedes, so that two proposals about one field cannot both be carried out.
Typed reasons are sealed; the content keeps a digest of the reason for opening, so that both signatures bind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals import services as approvals
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind
from classification import holders, words
from classification.events import FIELD_ADDED, FIELD_CHANGED
from classification.models import Field, FieldVersion
from classification.proposals.labels import (
    LABEL,
    insist_on_derived,
    insist_sound,
    kind_of,
    label_of,
    moves_values,
    supersede,
)
from classification.proposals.signers import head_and_officer
from files import apart
from trail import services as trail
from trail.actor import Actor

CHANGE, NEW = "field.change", "field.new"
LIFETIME = timedelta(days=14)
NEW_FIELD_PLACE = 900
"""New fields stand last on forms until an officer puts them elsewhere."""


def propose_change(
    field: str,
    label: Mapping[str, Any],
    *,
    supersedes: int,
    reason: str,
    opening_reason: str = "",
    by: Actor,
    at: datetime,
) -> Proposal:
    """Propose another label for a field.

    :param label: what changes, of `LABEL`; the rest stays as it is.
    :param supersedes: the number of the version that was looked at.
    :param opening_reason: why sealed values may be held in the clear; needed from L3 to an open level.
    :raises CannotApply: see `classification.words.REFUSALS`.
    """
    content = changed_content(field, label, supersedes=supersedes, opening_reason=opening_reason, at=at)
    typed = reason
    if opening_reason.strip():
        typed = f"{reason}\n\n{gettext('Why it may be held in the clear:')} {opening_reason}"
    return approvals.propose(CHANGE, content=content, reason_text=typed, by=by, at=at)


def changed_content(
    field: str, label: Mapping[str, Any], *, supersedes: int, opening_reason: str, at: datetime
) -> dict[str, Any]:
    """Return the canonical content of a change.

    :raises CannotApply: unknown_field.
    """
    current = _in_force(field, at)
    return {
        "field": field,
        "supersedes": supersedes,
        **label_of(current),
        **{name: label[name] for name in LABEL if name in label},
        "held": holders.count(field),
        "opening_reason": sha256(opening_reason.encode()).hexdigest() if opening_reason.strip() else "",
    }


def propose_new(
    code: str,
    label: Mapping[str, Any],
    *,
    name_zh: str,
    name_en: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> Proposal:
    """Propose a field that the catalogue does not have yet.

    :raises CannotApply: see `classification.words.REFUSALS`.
    """
    content = {"field": code, "name_zh": name_zh.strip(), "name_en": name_en.strip()}
    content |= {name: label[name] for name in LABEL}
    return approvals.propose(NEW, content=content, reason_text=reason, by=by, at=at)


def check_change(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a change that could not be carried out."""
    _insist_changeable(content, _in_force(content["field"], at), at)


def apply_change(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> FieldVersion:
    """Put the signed label in force, and let those who hold values begin to apply it."""
    current = _in_force(content["field"], at, locked=True)
    _insist_changeable(content, current, at)
    before = label_of(current)
    made = supersede(current, content, proposal=proposal.pk, at=at)
    facts = {
        "field": content["field"],
        "version": made.number,
        "level": made.level,
        "former_level": before["level"],
        "kind": made.kind,
        "index": made.index,
    }
    trail.record(FIELD_CHANGED, by=by, at=at, facts=facts, request=str(proposal.pk))
    if moves_values(before, label_of(made)):
        holders.follow(content["field"], proposal=proposal.pk, at=at)
    return made


def check_new(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a field that could not be added."""
    if Field.objects.filter(code=content["field"]).exists():
        raise CannotApply("field_taken", field=content["field"])
    try:
        _field(content).clean_fields()
    except ValidationError as problem:
        code = "bad_field_code" if "code" in problem.message_dict else "names_missing"
        raise CannotApply(code) from None
    insist_sound(content)


def apply_new(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> FieldVersion:
    """Add the signed field with its first version. Nobody can fill it until a purpose asks for it (S0-7)."""
    check_new(content, by, at)
    field = _field(content)
    field.save(force_insert=True)
    label = {name: content[name] for name in LABEL}
    made = FieldVersion.objects.create(field=field, number=1, since=at, proposal=proposal.pk, **label)
    facts = {"field": field.code, "version": 1, "level": made.level, "kind": made.kind}
    trail.record(FIELD_ADDED, by=by, at=at, facts=facts, request=str(proposal.pk))
    return made


def describe_change(content: Content) -> Sequence[Line]:
    """Show the label against the one that it supersedes, and how many customers it reaches."""
    today = FieldVersion.objects.filter(field=content["field"], number=content["supersedes"]).first()
    before = label_of(today) if today else {}
    lines = [Line(_("Field"), before=words.name_of(content["field"]), after=words.name_of(content["field"]))]
    lines += [
        Line(str(words.PARTS[name]), words.part(name, before.get(name)), words.part(name, content[name]))
        for name in LABEL
    ]
    lines.append(Line(_("Customers who hold a value"), after=f"{content['held']:,}"))
    if before and moves_values(before, content):
        lines.append(Line(_("Held values"), after=words.what_moves(before, content)))
    return lines


def describe_new(content: Content) -> Sequence[Line]:
    """Show the new field."""
    return [
        Line(_("Code"), after=content["field"]),
        Line(_("Chinese name"), after=content["name_zh"]),
        Line(_("English name"), after=content["name_en"]),
        *(Line(str(words.PARTS[name]), after=words.part(name, content[name])) for name in LABEL),
    ]


def _insist_changeable(content: Content, current: FieldVersion, at: datetime) -> None:
    if current.number != content["supersedes"]:
        raise CannotApply("changed_meanwhile")
    before = label_of(current)
    if all(content[name] == before[name] for name in LABEL):
        raise CannotApply("nothing_changes")
    insist_sound(content)
    derived = FieldVersion.objects.in_force(at).filter(derived_from__startswith=f"{current.field_id}:")
    insist_on_derived(current, content, list(derived))
    # SECURITY: what is held apart never comes back, so its label never says that it might.
    if before["level"] == 4 and content["level"] < 4:
        raise CannotApply("level_four_left")
    if content["level"] == 4:
        _insist_on_host(content, current.field_id)
    if before["level"] == 3 and content["level"] < 3 and not content["opening_reason"]:
        raise CannotApply("opening_reason_missing")


def _insist_on_host(content: Content, field: str) -> None:
    """Refuse L4 where held values could be handed over to nobody."""
    if not kind_of(content["kind"]).kept and holders.count(field):
        raise CannotApply("level_four_never_held")
    if not apart.is_set_up() and holders.count(field):
        raise CannotApply("level_four_no_host")


def _in_force(field: str, at: datetime, *, locked: bool = False) -> FieldVersion:
    rows = FieldVersion.objects.in_force(at).filter(field=field)
    current = (rows.select_for_update() if locked else rows).first()
    if current is None:
        raise CannotApply(
            "changed_meanwhile" if Field.objects.filter(code=field).exists() else "unknown_field"
        )
    return current


def _field(content: Content) -> Field:
    return Field(
        code=content["field"],
        name_zh=content["name_zh"],
        name_en=content["name_en"],
        form_order=NEW_FIELD_PLACE,
    )


KINDS = (
    ProposalKind(
        code=CHANGE,
        name=_("Change of a field's label"),
        seats=head_and_officer,
        apply=apply_change,
        describe=describe_change,
        check=check_change,
        permission="labels.propose",
        proposer_may_sign=True,
        lifetime=LIFETIME,
    ),
    ProposalKind(
        code=NEW,
        name=_("New field of the catalogue"),
        seats=head_and_officer,
        apply=apply_new,
        describe=describe_new,
        check=check_new,
        permission="labels.propose",
        proposer_may_sign=True,
        lifetime=LIFETIME,
    ),
)
