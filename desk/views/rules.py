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
from desk.forms_rules import NewRuleForm, RuleForm
from desk.permission import DeskRequest, allowed
from desk.proposing import refusal_words
from desk.shown_effect import EffectShown, effect_shown
from desk.shown_rules import RuleLine, matrix
from staff.permissions import may


@allowed("rules.read", methods=["GET"])
def rules(request: DeskRequest) -> HttpResponse:
    """Show role × level, and the rules for single categories, tiers and zones below."""
    general, special = matrix(request.at)
    return render(
        request,
        "desk/rules/rules.html",
        {
            "matrix": general,
            "special": special,
            "levels": (1, 2, 3, 4),
            "may_propose": may(request.actor, "rules.propose"),
        },
    )


@allowed("rules.propose", methods=["GET", "POST"])
def rule_new(request: DeskRequest) -> HttpResponse:
    """Propose a rule for a case that has none; show first what it would do."""
    preview = "preview" in request.POST
    form = NewRuleForm(request.POST if request.method == "POST" else None, previewed=preview)
    effect = None
    if form.is_valid():
        answer = _answer(request, form.change(), form.cleaned_data["reason"], preview=preview)
        if isinstance(answer, HttpResponse):
            return answer
        effect = answer if isinstance(answer, EffectShown) else None
        if isinstance(answer, str):
            form.add_error(None, answer)
    facts = {"form": form, "effect": effect}
    return render(request, "desk/rules/rule_new.html", facts, status=422 if form.errors else 200)


@allowed("rules.read", methods=["GET", "POST"])
def rule(request: DeskRequest, code: str) -> HttpResponse:
    """Show one rule with its versions; a security manager proposes another outcome, and sees what it would do."""
    versions = list(ReadingRule.objects.filter(code=code).order_by("-number"))
    if not versions:
        raise Http404
    current = versions[0]
    preview = "preview" in request.POST
    form = RuleForm(
        request.POST if request.method == "POST" else None,
        previewed=preview,
        initial=RuleForm.initial_of(current),
    )
    if request.method == "POST" and not may(request.actor, "rules.propose"):
        raise Http404
    effect = None
    if form.is_valid():
        case = {name: getattr(current, name) for name in changing.CASE}
        answer = _answer(request, case | form.change(), form.cleaned_data["reason"], preview=preview)
        if isinstance(answer, HttpResponse):
            return answer
        effect = answer if isinstance(answer, EffectShown) else None
        if isinstance(answer, str):
            form.add_error(None, answer)
    facts = {
        "rule": RuleLine.of(current),
        "versions": [RuleLine.of(one) for one in versions],
        "form": form,
        "effect": effect,
        "may_propose": may(request.actor, "rules.propose") and current.until is None,
    }
    return render(request, "desk/rules/rule.html", facts, status=422 if form.errors else 200)


def _answer(
    request: DeskRequest, change: dict[str, Any], reason: str, *, preview: bool
) -> HttpResponse | EffectShown | str:
    """Propose the change, or only show what it would do; words say why neither can be."""
    if not preview:
        return _propose(request, change, reason)
    content = changing.content_of(change, request.at)
    try:
        changing.check(content, request.actor, request.at)
    except CannotApply as problem:
        return refusal_words(problem)
    return effect_shown(content, request.at)


def _propose(request: DeskRequest, change: dict[str, Any], reason: str) -> HttpResponse | str:
    try:
        made = changing.propose_change(change, reason=reason, by=request.actor, at=request.at)
    except CannotApply as problem:
        return refusal_words(problem)
    except NobodyCanSign:
        return _("There is no data security officer who could sign.")
    messages.success(request, _("Proposed. Those who sign have been told."))
    return redirect("desk:decision", id=made.pk)
