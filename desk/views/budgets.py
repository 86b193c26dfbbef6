"""Row budgets: the refusal with its way on, one's own and the team's, the tap, and the rows with their proposals."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from access.budgets import BUDGETS
from access.models import RowBudget
from access.services import budgets as extending
from access.services.budgets import NotExtended, OverBudget
from desk import shown_budgets
from desk.forms_budgets import BudgetForm
from desk.permission import DeskRequest, allowed
from desk.proposing import proposed, to_proposal
from desk.views.session import next_page
from staff.permissions import may


def over(request: HttpRequest, refused: OverBudget) -> HttpResponse:
    """Answer what a budget does not bear: 429, the seconds to wait, and what brings the person on."""
    back = request.get_full_path() if request.method == "GET" else ""
    facts = shown_budgets.refusal(refused) | {"back": back, "fold": request.POST.get("fold", "")}
    part = "HX-Request" in request.headers
    template = "desk/budgets/_over.html" if part else "desk/budgets/over.html"
    answer = render(request, template, facts | {"part": part}, status=429)
    answer["Retry-After"] = str(refused.seconds)
    return answer


@allowed("budget.read", methods=["GET"])
def budgets(request: DeskRequest) -> HttpResponse:
    """Show one's own budgets, those of the people one answers for, and the rows in force."""
    facts = {
        "meters": shown_budgets.meters(request.actor, request.at, every=True),
        "team": shown_budgets.team(request.actor, request.at),
        "rows": shown_budgets.rows(request.at),
    }
    return render(request, "desk/budgets/budgets.html", facts)


@allowed("customer.find", methods=["POST"])
def budget_more(request: DeskRequest) -> HttpResponse:
    """Give oneself a portion more for a typed reason, and go back to what was refused."""
    kind, reason = _known(request.POST.get("budget", "")), request.POST.get("reason", "")
    facts: dict[str, object] = {}
    try:
        facts["more"] = extending.give_reason(kind, reason, by=request.actor, at=request.at)
    except NotExtended as refused:
        facts["problem"] = not_extended_words(refused.code)
    if request.htmx:
        status = 409 if "problem" in facts else 200
        return render(request, "desk/budgets/_extended.html", facts, status=status)
    if "problem" in facts:
        messages.error(request, str(facts["problem"]))
    else:
        messages.success(request, _("%(more)s more are allowed.") % facts)
    return HttpResponseRedirect(next_page(request))


@allowed("budget.extend", methods=["POST"])
def budget_allow(request: DeskRequest, id: UUID) -> HttpResponse:
    """Allow somebody one answers for a portion more, by one tap."""
    kind = _known(request.POST.get("budget", ""))
    try:
        more = extending.allow_more(id, kind, by=request.actor, at=request.at)
    except NotExtended as refused:
        if refused.code == "nobodys":
            raise Http404 from None
        messages.error(request, not_extended_words(refused.code))
    else:
        messages.success(request, _("%(more)s more are allowed.") % {"more": more})
    return redirect("desk:budgets")


@allowed("rules.read", methods=["GET", "POST"])
def budget(request: DeskRequest, code: str) -> HttpResponse:
    """Show one budget with its versions; a security manager proposes other numbers."""
    versions = list(RowBudget.objects.filter(code=code).order_by("-number"))
    if not versions or (request.method == "POST" and not may(request.actor, "rules.propose")):
        raise Http404
    form = BudgetForm(request.POST if request.method == "POST" else None, budget=versions[0])
    if form.is_valid():
        change, reason = form.change(), form.cleaned_data["reason"]
        made, problem = proposed(
            lambda: extending.propose_change(change, reason=reason, by=request.actor, at=request.at)
        )
        if made is not None:
            return to_proposal(request, made)
        form.add_error(None, problem)
    facts = {
        "row": shown_budgets.BudgetRow.of(versions[0]),
        "versions": [shown_budgets.BudgetRow.of(one) for one in versions],
        "form": form,
        "may_propose": may(request.actor, "rules.propose") and versions[0].until is None,
    }
    return render(request, "desk/budgets/budget.html", facts, status=422 if form.errors else 200)


def not_extended_words(code: str) -> str:
    """Say why there is no portion more."""
    return {
        "not_needed": _("There is enough left; nothing needs to be allowed."),
        "no_reason": _("Say in one line what you need more for."),
        "too_long": _("Give the reason in one line of at most 500 characters."),
        "ask_for_a_tap": _("You have given a reason already. Your supervisor or head can allow more."),
        "not_allowed": _("Your role does not extend budgets."),
        "wait": _("Nothing more can be allowed now; the window has to move on."),
    }[code]


def _known(budget: str) -> str:
    if budget not in BUDGETS:
        raise Http404
    return budget
