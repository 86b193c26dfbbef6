"""Proposals about row budgets: the security manager proposes, the data security officer signs (S4-57).

A budget is never edited. The content names the version that it supersedes, so that two proposals about one budget
cannot both be carried out. Only a budget for one tier can be ended: without one for all customers nothing is shown.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access import events
from access.budgets import BUDGETS, LISTS
from access.models import RowBudget
from access.models.budgets import budgets
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat
from customers.models import TIERS, tiers
from staff.queries import holders_of
from staff.roles import NAMES, OFFICER
from trail import services as trail
from trail.actor import Actor

KIND = "budget.change"
CASE = ("budget", "role", "tier")
NUMBERS = ("per_hour", "per_day", "more_hour", "more_day")
MOST = 100_000
LABELS = {
    "per_hour": _("per hour"),
    "per_day": _("per day"),
    "more_hour": _("portion more in an hour"),
    "more_day": _("portion more in a day"),
}


def content_of(change: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Return the canonical content of a change, with the version in force that it supersedes (or 0).

    :param change: budget, role, tier, the four numbers; or `end`: True.
    """
    case = {name: change.get(name, "") for name in CASE}
    current = RowBudget.objects.in_force(at).filter(**case).first()
    return {
        **case,
        **{name: int(change.get(name, 0)) for name in NUMBERS},
        "end": bool(change.get("end", False)),
        "code": current.code if current else "-".join(filter(None, case.values())),
        "supersedes": current.number if current else 0,
    }


def check(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a change that could not be applied, and one that changes nothing."""
    _insist_sound(content)
    current = _current(content, at)
    asked = [content[name] for name in NUMBERS]
    if current is not None and not content["end"] and [getattr(current, name) for name in NUMBERS] == asked:
        raise CannotApply("nothing_changes")


def apply(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> RowBudget | None:
    """Put the signed change in force: end the version that it supersedes, start the next."""
    _insist_sound(content)
    current = _current(content, at, locked=True)
    versions = RowBudget.objects.filter(code=content["code"]).order_by("-number")
    number = versions.values_list("number", flat=True).first() or 0
    if current is not None:
        current.until = at
        current.save(update_fields=["until"])
    made = None
    if not content["end"]:
        made = RowBudget.objects.create(
            code=content["code"],
            number=number + 1,
            since=at,
            proposal=proposal.pk,
            **{name: content[name] for name in (*CASE, *NUMBERS)},
        )
    facts = {
        "code": content["code"],
        "version": made.number if made else number,
        "proposal": str(proposal.pk),
        "ended": content["end"],
    }
    trail.record(events.BUDGET_CHANGED, by=by, at=at, facts=facts)
    return made


def seats(content: Content, at: datetime) -> list[Seat]:
    """Return the one seat: a data security officer's."""
    return [Seat(OFFICER, holders_of(OFFICER, at), str(NAMES[OFFICER]))]


def describe(content: Content) -> list[Line]:
    """Show the change against today's budget, line by line."""
    today = RowBudget.objects.filter(code=content["code"], number=content["supersedes"]).first()
    case = [
        str(dict(budgets())[content["budget"]]),
        str(NAMES[content["role"]]),
        str(dict(tiers()).get(content["tier"], "")),
    ]
    lines = [Line(pgettext_lazy("rule", "case"), after=" · ".join(filter(None, case)))]
    if content["end"]:
        return [*lines, Line(_("row budget"), before=_("in force"), after=_("ended"))]
    return [
        *lines,
        *(
            Line(LABELS[name], before=str(getattr(today, name)) if today else "", after=str(content[name]))
            for name in NUMBERS
        ),
    ]


def _insist_sound(content: Content) -> None:
    """Refuse what the constraints of the table would refuse, before anyone signs it."""
    case = content["budget"] in BUDGETS and content["role"] in NAMES and content["tier"] in ("", *TIERS)
    if not case or (content["tier"] and content["budget"] == LISTS):
        raise CannotApply("budget_bad")
    if content["end"]:
        if not content["tier"]:
            raise CannotApply("budget_needed")
        return
    numbers = [content[name] for name in NUMBERS]
    if not all(1 <= number <= MOST for number in numbers) or content["per_day"] < content["per_hour"]:
        raise CannotApply("budget_bad")


def _current(content: Content, at: datetime, *, locked: bool = False) -> RowBudget | None:
    """Return the version that the content supersedes; locked only inside the transaction that ends it.

    :raises CannotApply: another change came between.
    """
    rows = RowBudget.objects.in_force(at).filter(**{name: content[name] for name in CASE})
    current = (rows.select_for_update() if locked else rows).first()
    if (current.number if current else 0) != content["supersedes"] or (content["end"] and current is None):
        raise CannotApply("changed_meanwhile")
    return current


KINDS = (
    ProposalKind(
        code=KIND,
        name=_("Change of a row budget"),
        seats=seats,
        apply=apply,
        describe=describe,
        check=check,
        permission="rules.propose",
        lifetime=timedelta(days=14),
    ),
)
