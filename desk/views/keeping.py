"""Keeping of the trail: months online and in archives, and whether the values are as they were written."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from approvals.models import Proposal
from audit.archive import terms
from audit.archive.proposals import ARCHIVING, DESTROYING
from audit.archive.run import ARCHIVE, DESTROY
from audit.archive.writing import directory
from audit.services import archive as acts
from customers.verification.run import VERIFY, last_run
from desk import jobs_shown
from desk.forms_keeping import ArchiveForm, DestroyForm
from desk.permission import DeskRequest, allowed
from desk.proposing import proposed, to_proposal
from desk.shown_decisions import ProposalLine
from desk.shown_keeping import ArchiveLine, MonthLine
from jobs.models import Job
from staff.permissions import may
from trail.archive import archived, months_online


@allowed("trail.all", methods=["GET"])
def keeping(request: DeskRequest) -> HttpResponse:
    """Show what is kept where and until when, and what the last look at the sealed values came to."""
    return _page(request, ArchiveForm(due=terms.due(request.at)))


@allowed("trail.archive", methods=["POST"])
def keeping_archive(request: DeskRequest) -> HttpResponse:
    """Propose that the oldest months that are due leave the trail."""
    form = ArchiveForm(request.POST, due=terms.due(request.at))
    if not form.is_valid():
        return _page(request, form, status=422)
    made, problem = proposed(
        lambda: acts.propose_archiving(
            form.months, reason=form.cleaned_data["reason"], by=request.actor, at=request.at
        )
    )
    if made:
        return to_proposal(request, made)
    form.add_error(None, problem)
    return _page(request, form, status=409)


@allowed("trail.archive", methods=["POST"])
def keeping_destroy(request: DeskRequest, month: str) -> HttpResponse:
    """Propose that the archive of a month is destroyed."""
    first = next((one.month for one in archived() if f"{one.month:%Y-%m}" == month), None)
    if first is None:
        raise Http404
    form = DestroyForm(request.POST)
    if form.is_valid():
        made, problem = proposed(
            lambda: acts.propose_destruction(
                first, reason=form.cleaned_data["reason"], by=request.actor, at=request.at
            )
        )
        if made:
            return to_proposal(request, made)
        messages.error(request, problem)
    return HttpResponseRedirect(reverse("desk:keeping"))


def _page(request: DeskRequest, form: ArchiveForm, *, status: int = 200) -> HttpResponse:
    due = set(terms.due(request.at))
    proposes = may(request.actor, "trail.archive")
    waiting = Proposal.objects.waiting(request.at).filter(kind__in=(ARCHIVING, DESTROYING))
    running = Job.objects.open().filter(kind__in=(ARCHIVE, DESTROY, VERIFY)).order_by("created_at")
    facts = {
        "verified": last_run(),
        "running": [jobs_shown.shown(job, actor_id=request.actor.id, at=request.at) for job in running],
        "months": [MonthLine.of(month, request.at) for month in _past(months_online(), request.at.date())],
        "archives": [ArchiveLine.of(one, request.at, proposes=proposes) for one in archived()],
        "form": form if proposes and due and directory() else None,
        "no_place": directory() is None,
        "waiting": ProposalLine.of_all(waiting.order_by("proposed_at"), request.at),
    }
    return render(request, "desk/trail/keeping.html", facts, status=status)


def _past(months: list[date], today: date) -> list[date]:
    """Return the months that have begun, newest first: the coming ones have room and hold nothing."""
    return [month for month in reversed(months) if month <= today]


def _result(job: Job) -> str:
    return reverse("desk:keeping")


PROBLEMS: dict[str, str | Promise] = {
    "archive_changed": gettext_lazy("The month is no longer what was signed for. Propose it anew."),
    "archive_counts": gettext_lazy("The file did not hold what the month holds; nothing was dropped."),
    "archive_not_whole": gettext_lazy("The file that was written did not prove itself; nothing was dropped."),
    "archive_not_readable": gettext_lazy("The packed file could not be read back; nothing was dropped."),
    "archive_refused": gettext_lazy("The database refused to let the month go; nothing was dropped."),
    "no_archive_directory": gettext_lazy("This site has no place for archives (TRAIL_ARCHIVE)."),
}
jobs_shown.describe(ARCHIVE, name=gettext_lazy("Archiving of the trail"), result=_result, problems=PROBLEMS)
jobs_shown.describe(DESTROY, name=gettext_lazy("Destruction of an archive"), result=_result)
jobs_shown.describe(VERIFY, name=gettext_lazy("Verification of the values"), result=_result)
