"""Reported problems: the form on every page, and the officer's list."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.queries import visible_to
from desk import problems as reports
from desk.forms import ProblemForm
from desk.periods import period_of
from desk.permission import DeskRequest, allowed
from staff.permissions import may
from trail import queries

ROWS = 50
SHOWN = timedelta(days=366)


@allowed("", methods=["GET", "POST"])
def report(request: DeskRequest) -> HttpResponse:
    """Take a report of a problem in the reporter's words, with their name or without."""
    form = ProblemForm(request.POST if request.method == "POST" else None)
    page = request.POST.get("page") or request.GET.get("from", "")
    about = _about(request, form) if form.is_valid() else None
    if form.is_valid() and form.cleaned_data["anonymous"]:
        # SECURITY: no message in the session, no redirect: nothing of this person says that they reported.
        reports.report_anonymously(form.cleaned_data["text"], at=request.at, about=about)
        return render(request, "desk/problems/reported.html")
    if form.is_valid():
        reports.report(form.cleaned_data["text"], page=page, by=request.actor, at=request.at, about=about)
        messages.success(request, _("Reported. The data security officer has been told."))
        return HttpResponseRedirect(reverse("desk:home"))
    facts = {"form": form, "page": page, "mine": reports.mine(request.actor)}
    return render(request, "desk/problems/report.html", facts, status=422 if form.errors else 200)


def _about(request: DeskRequest, form: ProblemForm) -> UUID | None:
    """Return the customer named by number, where the reporter may find it; else the form has an error."""
    number = form.cleaned_data["customer"]
    if not number:
        return None
    ref = visible_to(request.actor, request.at).filter(number=number).values_list("ref", flat=True).first()
    if ref is None:
        form.add_error("customer", _("You reach no customer of this number. It may be left empty."))
    return ref


@allowed("problems.read", methods=["GET"])
def problems(request: DeskRequest) -> HttpResponse:
    """List the reports of the last year, without their words."""
    since, until = request.at - SHOWN, request.at + timedelta(seconds=1)
    period = period_of(request, request.at) if request.GET.get("from") else None
    if period is not None:
        since, until = period.since, period.until
    found = queries.events(since=since, until=until, kinds=["problem.reported"])
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    facts = {"page": page, "lines": reports.described(list(page.object_list)), "period": period}
    return render(request, "desk/problems/problems.html", facts)


@allowed("", methods=["GET"])
def problem(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show one report to its writer or to whoever reads reports; that it was read is an event."""
    row = reports.of_report(id)
    if row is None or not (may(request.actor, "problems.read") or row.writer_id == request.actor.id):
        raise Http404
    text = reports.read(id, by=request.actor, at=request.at)
    return render(request, "desk/problems/problem.html", {"text": text, "at": row.created_at})
