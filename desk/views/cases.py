"""Cases: whose they are, what happened in them, what they came to (S0-42)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.deciding import may_decide
from audit.models import Case, Finding
from audit.queries import cases as queries
from audit.queries import findings as finding_queries
from audit.services import case_reading
from audit.services import cases as acts
from audit.services.holding import SignedMeanwhile
from desk import audit_words as words
from desk.forms_audit import AttachForm, DecideForm, DueForm, HandForm, NoteForm, ReopenForm, end_of
from desk.handing import hand_copy
from desk.permission import DeskRequest, allowed
from desk.shown_audit import CaseLine, entries_shown, finding_lines, officers
from files.deposits import NotAccepted
from files.services import NotReadable
from staff.queries import holders_of
from staff.roles import OFFICER

ROWS = 50
OPEN, MINE, LATE, CLOSED = queries.OPEN, "mine", queries.LATE, queries.CLOSED
FILTERS = {
    OPEN: gettext_lazy("all open ones"),
    MINE: gettext_lazy("my open ones"),
    LATE: gettext_lazy("past their deadline"),
    CLOSED: gettext_lazy("decided ones"),
}


@allowed("findings.read", methods=["GET"])
def cases(request: DeskRequest) -> HttpResponse:
    """List cases, the most urgent first."""
    at = request.at
    state = request.GET.get("state", OPEN)
    state = state if state in FILTERS else OPEN
    found = queries.in_state(queries.cases(at), OPEN if state == MINE else state, at)
    if state == MINE:
        found = found.filter(owner=request.actor.id)
    order = "-opened_at" if state == CLOSED else "due_at"
    page = Paginator(found.order_by(order, "pk"), ROWS).get_page(request.GET.get("page"))
    standings = queries.standing(page, at)
    codes = _codes([one.case.pk for one in standings])
    facts = {
        "page": page,
        "lines": [CaseLine.of(one, codes[one.case.pk], request.actor.id) for one in standings],
        "state": state,
        "filters": FILTERS.items(),
    }
    return render(request, "desk/cases/cases.html", facts)


@allowed("audit.read", methods=["GET"])
def case(request: DeskRequest, id: int) -> HttpResponse:
    """Show one case: its clock, its findings, its history, and what can be done."""
    return _page(request, id)


@allowed("audit.read", methods=["POST"])
def case_act(request: DeskRequest, id: int, act: str) -> HttpResponse:
    """Do one thing in a case: note, attach, due, hand, decide, reopen."""
    if act not in _ACTS or not acts.may_read(id, request.actor, request.at):
        raise Http404
    form = _form(act, request, filled=True)
    if not form.is_valid():
        return _page(request, id, forms_given={act: form}, status=422)
    try:
        _ACTS[act](request, id, form)
    except Case.DoesNotExist:
        raise Http404 from None
    except acts.NotDone as refused:
        return _page(
            request, id, forms_given={act: form}, problem=str(words.REFUSALS[refused.code]), status=409
        )
    except SignedMeanwhile:
        said = str(words.REFUSALS["signed_meanwhile"])
        return _page(request, id, forms_given={act: form}, problem=said, status=409)
    except NotAccepted:
        form.add_error("file", _("Choose a PDF, PNG or JPEG of at most 10 MB."))
        return _page(request, id, forms_given={act: form}, status=422)
    messages.success(request, _("Written into the case."))
    return redirect("desk:case", id=id)


@allowed("audit.read", methods=["POST"])
def case_file(request: DeskRequest, id: int, entry: int) -> HttpResponseBase:
    """Hand a file of a case to whoever decides it. A POST: a look is an act."""
    try:
        return hand_copy(request, lambda: case_reading.attachment(id, entry, by=request.actor, at=request.at))
    except (Case.DoesNotExist, NotReadable):
        raise Http404 from None


def _note(request: DeskRequest, id: int, form: forms.Form) -> None:
    acts.note(id, words=form.cleaned_data["words"], by=request.actor, at=request.at)


def _attach(request: DeskRequest, id: int, form: forms.Form) -> None:
    acts.attach(id, content=form.cleaned_data["file"].read(), by=request.actor, at=request.at)


def _due(request: DeskRequest, id: int, form: forms.Form) -> None:
    given = form.cleaned_data
    acts.move_due(id, due_at=end_of(given["due"]), reason=given["words"], by=request.actor, at=request.at)


def _hand(request: DeskRequest, id: int, form: forms.Form) -> None:
    acts.hand(id, to=form.cleaned_data["to"], by=request.actor, at=request.at)


def _decide(request: DeskRequest, id: int, form: forms.Form) -> None:
    given = form.cleaned_data
    acts.decide(id, decision=given["decision"], words=given["words"], by=request.actor, at=request.at)


def _reopen(request: DeskRequest, id: int, form: forms.Form) -> None:
    acts.reopen(id, reason=form.cleaned_data["words"], by=request.actor, at=request.at)


_ACTS: dict[str, Callable[[DeskRequest, int, forms.Form], None]] = {
    "note": _note,
    "attach": _attach,
    "due": _due,
    "hand": _hand,
    "decide": _decide,
    "reopen": _reopen,
}


def _form(act: str, request: DeskRequest, *, filled: bool = False) -> forms.Form:
    """Return the form of an act, empty or as it was sent."""
    data, files = (request.POST, request.FILES) if filled else (None, None)
    if act == "hand":
        return HandForm(data, officers=officers(holders_of(OFFICER, request.at)))
    return _FORMS[act](data, files, auto_id=f"{act}_%s")


_FORMS: dict[str, type[forms.Form]] = {
    "note": NoteForm,
    "attach": AttachForm,
    "due": DueForm,
    "decide": DecideForm,
    "reopen": ReopenForm,
}


def _codes(ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for case, code in Finding.objects.filter(case__in=ids).order_by("joined_at").values_list("case", "code"):
        found[case].append(code)
    return found


def _page(
    request: DeskRequest,
    id: int,
    *,
    forms_given: dict[str, forms.Form] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    by, at = request.actor, request.at
    try:
        read = case_reading.read(id, by=by, at=at)
    except Case.DoesNotExist:
        raise Http404 from None
    found = finding_queries.standing(finding_queries.findings(at).filter(case=id).order_by("joined_at"), at)
    shown = {act: _form(act, request) for act in _ACTS} | (forms_given or {})
    facts = {
        "one": CaseLine.of(read.standing, [row.finding.code for row in found], by.id),
        "findings": finding_lines(found),
        "entries": entries_shown(read.entries, read.words),
        "decides": may_decide(by, acts.people_of(id), at),
        "forms": shown,
        "problem": problem,
    }
    return render(request, "desk/cases/case.html", facts, status=status)
