"""Proposing from a page: the proposal, or in words why there is none."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from approvals.models import Proposal
from approvals.registry import CannotApply
from approvals.services import NobodyCanSign
from approvals.words import cannot_apply_words
from classification.words import refusal_words as field_words
from custody.words import cannot_apply_words as key_words
from customers.words import problem_words
from desk.permission import DeskRequest


def proposed(propose: Callable[[], Proposal]) -> tuple[Proposal | None, str]:
    """Return the proposal, or why there is none."""
    try:
        return propose(), ""
    except CannotApply as problem:
        return None, refusal_words(problem)
    except NobodyCanSign:
        return None, _(
            "Nobody could sign this now: name a head of the department or a data security officer first."
        )


def refusal_words(problem: CannotApply) -> str:
    """Say why an act cannot be proposed or carried out, whichever app refused it."""
    said = {
        "rule_bad": _("A clear view needs no conditions, and a rule that forbids hides."),
        "rule_clause_unknown": _("No document has this clause."),
        "budget_bad": _("A day holds at least as much as an hour, and every number is one or more."),
        "threshold_bad": _("Each threshold is a number, and not below what would find everybody."),
        "hours_bad": _("Work begins and ends at two different times, on half hours."),
        "budget_needed": _(
            "A budget for all customers is changed, never ended: without one nothing is shown."
        ),
        "rule_stale": _("The rule was changed meanwhile. Look at it again."),
    }
    words = said.get(problem.code) or key_words(problem) or field_words(problem)
    words = words or cannot_apply_words(problem)
    return words if words != problem.code else problem_words(problem.code, problem.params)


def to_proposal(request: DeskRequest, made: Proposal) -> HttpResponse:
    """Lead to the proposal that was just made."""
    messages.success(request, _("Proposed. Those who sign have been told."))
    return redirect("desk:decision", id=made.pk)
