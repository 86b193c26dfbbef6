"""Change a reading rule: the security manager proposes, the data security officer signs, the old version ends.

A rule is never edited. The content of a proposal names the version it supersedes, so that two proposals about one
rule cannot both be carried out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access import clauses, events, policy, words
from access.models import ReadingRule
from approvals import services as approvals
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat
from customers.models import TIERS
from staff import queries as staff
from staff.roles import NAMES, OFFICER
from trail import services as trail
from trail.actor import Actor

KIND = "rule.change"
CASE = ("role", "level", "category", "tier", "zone")
OUTCOME = ("view", "clear_when", "forbid", "clause", "highest_tier")


def propose_change(change: Mapping[str, Any], *, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose a new rule, another outcome of an existing one, or its end.

    :param change: the case (role, level, category, tier, zone) and its outcome (view, clear_when, forbid, clause,
        highest_tier), or `end`: True to leave the case to the other rules.
    :raises CannotApply: rule_stale, rule_bad, rule_clause_unknown.
    """
    return approvals.propose(KIND, content=content_of(change, at), reason_text=reason, by=by, at=at)


def content_of(change: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Give the canonical content of a change: every field, and the version in force that it supersedes (or 0)."""
    case = {name: change.get(name, "") for name in CASE}
    current = ReadingRule.objects.in_force(at).filter(**case).first()
    outcome = {
        "view": change.get("view", policy.HIDDEN),
        "clear_when": [sorted(needs) for needs in change.get("clear_when", [])],
        "forbid": bool(change.get("forbid", False)),
        "clause": change.get("clause", ""),
        "highest_tier": change.get("highest_tier", ""),
    }
    return {
        **case,
        **outcome,
        "end": bool(change.get("end", False)),
        "code": current.code if current else code_of(case),
        "supersedes": current.number if current else 0,
    }


def outcome_of(content: Content) -> dict[str, Any]:
    """Return what a content asks for; one proposed before rules had a highest tier asks for none."""
    return {name: content.get(name, "") if name == "highest_tier" else content[name] for name in OUTCOME}


def code_of(case: Mapping[str, Any]) -> str:
    """Give the code of the rule for a case."""
    parts = [case["role"] or "everyone", f"l{case['level']}", case["category"], case["tier"], case["zone"]]
    return "-".join(part for part in parts if part)


def check(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a change that could not be applied."""
    _insist_sound(content)
    _current(content, at)


def apply(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> ReadingRule | None:
    """Put the signed change in force: end the version that it supersedes, start the next."""
    _insist_sound(content)
    current = _current(content, at, locked=True)
    number = (
        ReadingRule.objects.filter(code=content["code"])
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
        or 0
    )
    if current is not None:
        current.until = at
        current.save(update_fields=["until"])
    made = None
    if not content["end"]:
        made = ReadingRule.objects.create(
            code=content["code"],
            number=number + 1,
            since=at,
            proposal=proposal.id,
            **{name: content[name] for name in CASE},
            **outcome_of(content),
        )
    trail.record(
        events.RULE_CHANGED,
        by=by,
        at=at,
        facts={
            "code": content["code"],
            "version": made.number if made else number,
            "proposal": str(proposal.id),
            "ended": content["end"],
        },
    )
    return made


def seats(content: Content, at: datetime) -> Sequence[Seat]:
    """Rules are signed by a data security officer."""
    return [Seat(OFFICER, staff.holders_of(OFFICER, at), str(NAMES[OFFICER]))]


def describe(content: Content) -> Sequence[Line]:
    """Show the change against today's rule, line by line."""
    today = ReadingRule.objects.filter(code=content["code"], number=content["supersedes"]).first()
    role = str(NAMES[content["role"]]) if content["role"] else str(_("every role"))
    case = words.case(content["level"], content["category"], content["tier"], content["zone"])
    lines = [Line(pgettext_lazy("rule", "case"), after=f"{role} · {case}")]
    if content["end"]:
        return [*lines, Line(_("rule"), before=_("in force"), after=_("ended"))]
    asked = outcome_of(content)
    before = {name: getattr(today, name) for name in OUTCOME} if today else {}
    return [
        *lines,
        *(Line(LABELS[name], _said(name, before.get(name)), _said(name, asked[name])) for name in OUTCOME),
    ]


LABELS = {
    "view": _("view"),
    "clear_when": _("clear when"),
    "forbid": _("forbids"),
    "clause": _("clause"),
    "highest_tier": _("highest customer tier"),
}


def _said(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "view":
        return str(words.VIEWS[value])
    if name == "clear_when":
        return words.conditions(value)
    if name == "forbid":
        return str(_("yes") if value else _("no"))
    if name == "highest_tier":
        return words.up_to(value)
    return f"{value} {clauses.words(value)}"


def _insist_sound(content: Content) -> None:
    """Refuse what the constraints of the table would refuse, before anyone signs it."""
    needs = [need for alternative in content["clear_when"] for need in alternative]
    highest = outcome_of(content)["highest_tier"]
    sound = (
        content["level"] in (1, 2, 3, 4)
        and content["role"] in ("", *NAMES)
        and (content["forbid"] or content["role"] != "")
        and content["view"] in policy.VIEWS
        and all(need in policy.NEEDS for need in needs)
        and all(content["clear_when"])
        and (not content["clear_when"] or (content["view"] != policy.CLEAR and not content["forbid"]))
        and (not content["forbid"] or content["view"] == policy.HIDDEN)
        and content["tier"] in ("", *TIERS)
        and (highest == "" or (highest in TIERS and not content["tier"] and not content["forbid"]))
    )
    if not sound:
        raise CannotApply("rule_bad")
    if not content["end"] and content["clause"] not in clauses.every_clause():
        raise CannotApply("rule_clause_unknown")


def _current(content: Content, at: datetime, *, locked: bool = False) -> ReadingRule | None:
    """Give the version that the content supersedes; locked only inside the transaction that ends it.

    :raises CannotApply: another change came between.
    """
    case = {name: content[name] for name in CASE}
    rows = ReadingRule.objects.in_force(at).filter(**case)
    current = (rows.select_for_update() if locked else rows).first()
    if (current.number if current else 0) != content["supersedes"] or (content["end"] and current is None):
        raise CannotApply("rule_stale")
    return current


CHANGE = ProposalKind(
    code=KIND,
    name=_("Change of a reading rule"),
    seats=seats,
    apply=apply,
    describe=describe,
    check=check,
    permission="rules.propose",
    lifetime=timedelta(days=14),
)
