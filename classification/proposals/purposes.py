"""Change a purpose, begin one, end one: proposals that a department head and a data security officer sign (S0-7)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals import services as approvals
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind
from classification import purpose_words as words
from classification.events import PURPOSE_ADDED, PURPOSE_CHANGED, PURPOSE_ENDED
from classification.models import Purpose, PurposeVersion
from classification.proposals import asking
from classification.proposals import terms as rules
from classification.proposals.fields import LIFETIME
from classification.proposals.signers import head_and_officer
from classification.proposals.terms import TERMS, terms_of
from classification.purposes import purposes
from trail import services as trail
from trail.actor import Actor

PURPOSE = "purpose.change"


def propose_change(
    purpose: str,
    terms: Mapping[str, Any],
    *,
    supersedes: int,
    scenarios: Collection[str] | None = None,
    reason: str,
    by: Actor,
    at: datetime,
) -> Proposal:
    """Propose other terms for a purpose, or begin an ended one again.

    :param terms: what changes, of `TERMS`; the rest stays as it is.
    :param supersedes: the number of the version that was looked at.
    :param scenarios: the collection scenarios that ask for it; None leaves them as they are.
    :raises CannotApply: see `classification.purpose_words.REFUSALS`.
    """
    content = changed_content(purpose, terms, supersedes=supersedes, scenarios=scenarios, at=at)
    return approvals.propose(PURPOSE, content=content, reason_text=reason, by=by, at=at)


def propose_new(
    code: str,
    terms: Mapping[str, Any],
    *,
    name_zh: str,
    name_en: str,
    scenarios: Collection[str] = (),
    reason: str,
    by: Actor,
    at: datetime,
) -> Proposal:
    """Propose a purpose that there is not yet; without a scenario it collects nothing.

    :raises CannotApply: see `classification.purpose_words.REFUSALS`.
    """
    content = new_content(code, terms, name_zh=name_zh, name_en=name_en, scenarios=scenarios)
    return approvals.propose(PURPOSE, content=content, reason_text=reason, by=by, at=at)


def propose_end(purpose: str, *, supersedes: int, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose that a purpose end. Its fields that serve no other may not be filled from then on.

    :raises CannotApply: unknown_purpose, changed_meanwhile, ended_already.
    """
    content = changed_content(purpose, {}, supersedes=supersedes, at=at) | {"ends": True}
    content["left"] = left_without(purpose, {}, at)
    return approvals.propose(PURPOSE, content=content, reason_text=reason, by=by, at=at)


def changed_content(
    purpose: str,
    terms: Mapping[str, Any],
    *,
    supersedes: int,
    scenarios: Collection[str] | None = None,
    at: datetime,
) -> dict[str, Any]:
    """Return the canonical content of a change.

    :raises CannotApply: unknown_purpose.
    """
    current = _newest(purpose)
    said = terms_of(current) | {name: terms[name] for name in TERMS if name in terms}
    return {
        "purpose": purpose,
        "supersedes": supersedes,
        "ends": False,
        "name_zh": current.purpose.name_zh,
        "name_en": current.purpose.name_en,
        "scenarios_today": (today := asking.asking(purpose)),
        "scenarios": today if scenarios is None else sorted(scenarios),
        "left": left_without(purpose, said["fields"], at),
        **said,
    }


def new_content(
    code: str, terms: Mapping[str, Any], *, name_zh: str, name_en: str, scenarios: Collection[str] = ()
) -> dict[str, Any]:
    """Return the canonical content of a purpose that there is not yet: it supersedes nothing."""
    names = {"name_zh": name_zh.strip(), "name_en": name_en.strip()}
    said = {name: terms[name] for name in TERMS}
    asked = {"scenarios_today": [], "scenarios": sorted(scenarios), "left": []}
    return {"purpose": code, "supersedes": 0, "ends": False, **asked, **names, **said}


def left_without(purpose: str, fields: Mapping[str, str], at: datetime) -> list[str]:
    """Return the fields that no purpose would need any more if this one needed only `fields`."""
    in_force = purposes(at)
    needed = {code for one in in_force.values() if one.code != purpose for code in one.fields}
    today = in_force[purpose].fields if purpose in in_force else {}
    return sorted(set(today) - needed - set(fields))


def check(content: Content, by: Actor, at: datetime) -> None:
    """Refuse what could not be carried out."""
    if not content["supersedes"]:
        _insist_new(content, at)
    else:
        _insist_changeable(content, _newest(content["purpose"]), at)


def apply(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> PurposeVersion:
    """Put the signed terms in force, or end the purpose."""
    code, current = content["purpose"], None
    if not content["supersedes"]:
        _insist_new(content, at)
        _purpose(content).save(force_insert=True)
    else:
        current = _newest(code, locked=True)
        _insist_changeable(content, current, at)
    before = current.fields if current and current.until is None else {}
    request = str(proposal.pk)
    if content["ends"]:
        assert current is not None
        rules.end(current, at=at)
        facts = {"purpose": code, "version": current.number, "fields": sorted(before)}
        trail.record(PURPOSE_ENDED, by=by, at=at, facts=facts, request=request)
        return current
    made = rules.succeed(current, code, content, proposal=proposal.pk, at=at)
    asking.ask_in(code, content["scenarios"])
    facts = {
        "purpose": code,
        "version": made.number,
        "basis": made.basis,
        "scenarios": list(content["scenarios"]),
    }
    if current is None:
        facts |= {"fields": sorted(made.fields)}
        trail.record(PURPOSE_ADDED, by=by, at=at, facts=facts, request=request)
        return made
    facts |= {
        "added": sorted(set(made.fields) - set(before)),
        "removed": sorted(set(before) - set(made.fields)),
    }
    trail.record(PURPOSE_CHANGED, by=by, at=at, facts=facts, request=request)
    return made


def describe(content: Content) -> Sequence[Line]:
    """Show what the purpose says against the version that it supersedes, field by field."""
    today = PurposeVersion.objects.filter(purpose=content["purpose"], number=content["supersedes"]).first()
    before = terms_of(today) if today else {}
    name = words.named(content)
    lines = [Line(_("Purpose"), before=name if today else "", after=name)]
    if content["ends"]:
        lines.append(
            Line(_("State"), before=gettext("in force"), after=gettext("ends with the last signature"))
        )
    else:
        if today is None:
            lines.append(Line(_("Chinese name"), after=content["name_zh"]))
            lines.append(Line(_("English name"), after=content["name_en"]))
        lines += [
            Line(
                str(words.PARTS[part]),
                words.part(part, before.get(part, "")),
                words.part(part, content[part]),
            )
            for part in TERMS
            if part != "fields"
        ]
        lines.append(
            Line(
                _("Collected in"),
                asking.named(content["scenarios_today"]),
                asking.named(content["scenarios"]),
            )
        )
        lines += [Line(*line) for line in words.field_lines(before.get("fields", {}), content["fields"])]
    if content["left"]:
        lines.append(
            Line(_("Fields that nobody may fill any more"), after=words.fields_named(content["left"]))
        )
    return lines


def _insist_new(content: Content, at: datetime) -> None:
    if Purpose.objects.filter(code=content["purpose"]).exists():
        raise CannotApply("purpose_taken", purpose=content["purpose"])
    try:
        _purpose(content).clean_fields()
    except ValidationError as problem:
        raise CannotApply(
            "bad_purpose_code" if "code" in problem.message_dict else "purpose_names_missing"
        ) from None
    asking.insist_known(content["scenarios"])
    rules.insist_sound(content, at)


def _insist_changeable(content: Content, current: PurposeVersion, at: datetime) -> None:
    if current.number != content["supersedes"]:
        raise CannotApply("changed_meanwhile")
    if content["ends"]:
        if current.until is not None:
            raise CannotApply("ended_already")
        return
    same_places = content["scenarios"] == content["scenarios_today"]
    same_terms = all(content[name] == said for name, said in terms_of(current).items())
    if current.until is None and same_places and same_terms:
        raise CannotApply("nothing_changes")
    asking.insist_known(content["scenarios"])
    rules.insist_sound(content, at)


def _newest(code: str, *, locked: bool = False) -> PurposeVersion:
    """Return the newest version of a purpose, in force or ended."""
    rows = PurposeVersion.objects.filter(purpose=code).select_related("purpose").order_by("-number")
    found = (rows.select_for_update(of=("self",)) if locked else rows).first()
    if found is None:
        raise CannotApply("unknown_purpose")
    return found


def _purpose(content: Content) -> Purpose:
    return Purpose(code=content["purpose"], name_zh=content["name_zh"], name_en=content["name_en"])


KINDS = (
    ProposalKind(
        code=PURPOSE,
        name=_("Change of a purpose"),
        seats=head_and_officer,
        apply=apply,
        describe=describe,
        check=check,
        permission="purposes.propose",
        proposer_may_sign=True,
        lifetime=LIFETIME,
    ),
)
