"""The reading rules in force as a matrix, one rule with its clause, and the proposal of a change."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from access.models import ReadingRule
from access.services import rules as changing
from approvals.registry import CannotApply
from approvals.services import NobodyCanSign
from desk.forms_rules import RuleForm
from desk.permission import DeskRequest, allowed
from desk.proposing import refusal_words
from desk.shown_rules import RuleLine, matrix
from staff.permissions import may


@allowed("rules.read", methods=["GET"])
def rules(request: DeskRequest) -> HttpResponse:
    """Show role × level, and the rules for single categories, tiers and zones below."""
    general, special = matrix(request.at)
    return render(
        request,
        "desk/rules/rules.html",
        {"matrix": general, "special": special, "levels": (1, 2, 3, 4)},
    )


@allowed("rules.read", methods=["GET", "POST"])
def rule(request: DeskRequest, code: str) -> HttpResponse:
    """Show one rule with its versions; a security manager proposes another outcome."""
    versions = list(ReadingRule.objects.filter(code=code).order_by("-number"))
    if not versions:
        raise Http404
    current = versions[0]
    form = RuleForm(request.POST if request.method == "POST" else None, initial=RuleForm.initial_of(current))
    if request.method == "POST" and not may(request.actor, "rules.propose"):
        raise Http404
    if form.is_valid():
        case = {name: getattr(current, name) for name in changing.CASE}
        problem = _propose(request, case | form.change(), form.cleaned_data["reason"])
        if isinstance(problem, HttpResponse):
            return problem
        form.add_error(None, problem)
    facts = {
        "rule": RuleLine.of(current),
        "versions": [RuleLine.of(one) for one in versions],
        "form": form,
        "may_propose": may(request.actor, "rules.propose") and current.until is None,
    }
    return render(request, "desk/rules/rule.html", facts, status=422 if form.errors else 200)


def _propose(request: DeskRequest, change: dict[str, Any], reason: str) -> HttpResponse | str:
    try:
        made = changing.propose_change(change, reason=reason, by=request.actor, at=request.at)
    except CannotApply as problem:
        return refusal_words(problem)
    except NobodyCanSign:
        return _("There is no data security officer who could sign.")
    messages.success(request, _("Proposed. Those who sign have been told."))
    return redirect("desk:decision", id=made.pk)
