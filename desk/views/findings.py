"""Findings: the list, the evidence, what becomes of each (S0-41, S0-42)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.deciding import may_decide
from audit.models import Finding
from audit.models.findings import DETECTOR, PROBLEM
from audit.queries import cases as case_queries
from audit.queries import findings as queries
from audit.services import case_reading, cases
from audit.services import findings as acts
from audit.services.holding import SignedMeanwhile
from desk import audit_words as words
from desk.forms_audit import ExplainForm, TakeForm, end_of
from desk.permission import DeskRequest, allowed
from desk.shown_audit import feature_names, finding_lines
from desk.shown_trail import event_lines

ROWS = 50
USUAL = timedelta(days=14)


@allowed("findings.read", methods=["GET"])
def findings(request: DeskRequest) -> HttpResponse:
    """List findings, with how many there are of each state and age."""
    at = request.at
    every = queries.findings(at)
    state = _chosen(request, "state", words.STATES, queries.OPEN)
    source = _chosen(request, "source", words.SOURCES, "")
    age = _chosen(request, "age", words.AGES, "")
    found = every.filter(state=state) if state else every
    if source:
        found = found.filter(source=source)
    if age:
        found = queries.of_age(found, age, at)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    rows = queries.standing(every.filter(pk__in=[row.pk for row in page]), at)
    open_ones = every.filter(state=queries.OPEN)
    facts = {
        "page": page,
        "lines": finding_lines(rows),
        "state": state,
        "source": source,
        "age": age,
        "states": words.STATES.items(),
        "sources": words.SOURCES.items(),
        "ages": [(code, words.AGES[code], number) for code, number in queries.by_age(open_ones, at).items()],
        "said": [str(table[code]) for table, code in _said(state, source, age) if code],
    }
    return render(request, "desk/findings/findings.html", facts)


@allowed("audit.read", methods=["GET"])
def finding(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show one finding: what it is in plain words, what made it, the events that show it."""
    return _page(request, id)


@allowed("audit.read", methods=["POST"])
def finding_take(request: DeskRequest, id: UUID) -> HttpResponse:
    """Take a finding into a case: a new one that the person owns, or one that is open."""
    form = _take_form(request, request.POST)
    _reachable(request, id)
    if not form.is_valid():
        return _page(request, id, take=form, status=422)
    by, at, case = request.actor, request.at, form.cleaned_data["case"]
    try:
        if case is None:
            case = cases.take(id, due_at=end_of(form.cleaned_data["due"]), by=by, at=at).pk
        else:
            cases.join(id, case, by=by, at=at)
    except (acts.NotDecided, cases.NotDone) as refused:
        return _page(request, id, problem=str(words.REFUSALS[refused.code]), status=409)
    except SignedMeanwhile:
        return _page(request, id, problem=str(words.REFUSALS["signed_meanwhile"]), status=409)
    messages.success(request, _("The finding is in case %(number)s.") % {"number": case})
    return redirect("desk:case", id=case)


@allowed("audit.read", methods=["POST"])
def finding_explain(request: DeskRequest, id: UUID) -> HttpResponse:
    """Say why a finding is nothing wrong."""
    form = ExplainForm(request.POST)
    _reachable(request, id)
    if not form.is_valid():
        return _page(request, id, explain=form, status=422)
    try:
        acts.explain(id, words=form.cleaned_data["words"], by=request.actor, at=request.at)
    except acts.NotDecided as refused:
        return _page(request, id, problem=str(words.REFUSALS[refused.code]), status=409)
    except SignedMeanwhile:
        return _page(request, id, problem=str(words.REFUSALS["signed_meanwhile"]), status=409)
    messages.success(request, _("Explained. The finding stays in the list of those that are."))
    return redirect("desk:finding", id=id)


def _chosen(request: DeskRequest, name: str, known: words.Words, usual: str) -> str:
    asked = request.GET.get(name, usual)
    return asked if asked in known or not asked else usual


def _said(state: str, source: str, age: str) -> list[tuple[words.Words, str]]:
    return [(words.STATES, state), (words.SOURCES, source), (words.AGES, age)]


def _reachable(request: DeskRequest, id: UUID) -> None:
    try:
        acts.found(id, request.actor, request.at)
    except Finding.DoesNotExist:
        raise Http404 from None


def _take_form(request: DeskRequest, data: object = None) -> TakeForm:
    open_cases = case_queries.in_state(case_queries.cases(request.at), case_queries.OPEN, request.at)
    choices = [
        (one.pk, _("case %(number)s") % {"number": one.pk})
        for one in open_cases
        if cases.may_read(one.pk, request.actor, request.at)
    ]
    return TakeForm(data, cases=choices, due=timezone.localdate(request.at + USUAL))


def _page(
    request: DeskRequest,
    id: UUID,
    *,
    take: TakeForm | None = None,
    explain: ExplainForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    by, at = request.actor, request.at
    try:
        looked = acts.look(id, by=by, at=at)
    except Finding.DoesNotExist:
        raise Http404 from None
    row, look = looked.standing.finding, looked.standing.sighting
    (line,) = finding_lines([looked.standing])
    decides = may_decide(by, acts.people_of(row), at)
    facts = {
        "one": line,
        "row": row,
        "looks_for": words.looked_for(row.code),
        "features": feature_names(look.features) if look else [],
        "thresholds": feature_names(look.thresholds) if look else [],
        "look": look,
        "events": event_lines(looked.events),
        "number": looked.number,
        "scored": row.source == DETECTOR,
        "report": row.source == PROBLEM and looked.events and looked.events[0].facts.get("report"),
        "own": row.person is not None and row.person == by.id,
        "decides": decides and line.state == queries.OPEN,
        "words": case_reading.words_of_finding(row, by=by, at=at),
        "take": take or _take_form(request),
        "explain": explain or ExplainForm(),
        "suppressible": row.source == DETECTOR and decides,
        "reads_case": row.case_id is not None and cases.may_read(row.case_id, by, at),
        "problem": problem,
        "code": row.code,
    }
    return render(request, "desk/findings/finding.html", facts, status=status)
