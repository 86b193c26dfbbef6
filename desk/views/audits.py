"""Audits: examine a period, see what was found, sign it off, acknowledge its result (S0-40, S3-14)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import detecting
from audit.models import Audit, AuditResult
from audit.queries import audits as queries
from audit.queries import findings as finding_queries
from audit.queries.audits import AUDIT_JOB
from audit.run import ALERTS_JOB
from audit.services import audits as acts
from desk import audit_words as words
from desk import jobs_shown
from desk.forms_audit import PeriodForm
from desk.permission import DeskRequest, PageClosed, allowed
from desk.shown import JobShown
from desk.shown_audit import AuditLine, finding_lines, results_shown
from jobs.models import Job
from staff.permissions import may
from staff.queries import people_led_by

SHOWN = 36
"""How many audits the list goes back: three years of months."""
LISTED = 100


@allowed("audit.read", methods=["GET"])
def audits(request: DeskRequest) -> HttpResponse:
    """List the audits that this person may read: all, or those whose results were sent to them."""
    return _list(request)


@allowed("audit.sign", methods=["POST"])
def audit_start(request: DeskRequest) -> HttpResponse:
    """Examine a period now."""
    form = PeriodForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        made = acts.start_by_hand(since=form.since, until=form.until, by=request.actor, at=request.at)
    except acts.CannotStart as refused:
        form.add_error("first", str(words.NOT_STARTED[refused.code]))
        return _list(request, form, status=422)
    return redirect("desk:audit", id=made.pk)


@allowed("audit.read", methods=["GET"])
def audit(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show one audit: how far it is, what it found, who signed and who was told."""
    return _page(request, _audit(request, id))


@allowed("findings.read", methods=["GET"])
def audit_progress(request: DeskRequest, id: UUID) -> HttpResponse:
    """Return the progress bar of an audit, whoever started it."""
    job = queries.last_job(_audit(request, id))
    if job is None:
        raise Http404
    return render(request, "desk/_progress.html", {"job": _job_shown(request, job, id)})


@allowed("audit.read", methods=["POST"])
def audit_sign(request: DeskRequest, id: UUID) -> HttpResponse:
    """Sign an audit off; its results go to the departments."""
    if not may(request.actor, "audit.sign") and not may(request.actor, "audit.acknowledge"):
        raise PageClosed("audit.sign")
    found = _audit(request, id)
    try:
        acts.sign(id, by=request.actor, at=request.at)
    except acts.NotSigned as refused:
        return _page(request, found, words.not_signed(refused.code, refused.number), status=409)
    messages.success(request, _("Signed off. Supervisors and heads have been told."))
    return redirect("desk:audit", id=id)


@allowed("audit.acknowledge", methods=["POST"])
def audit_acknowledge(request: DeskRequest, id: UUID) -> HttpResponse:
    """Say that one has read the result."""
    _audit(request, id)
    try:
        acts.acknowledge(id, by=request.actor, at=request.at)
    except AuditResult.DoesNotExist:
        messages.warning(request, _("There was nothing left to acknowledge."))
    else:
        messages.success(request, _("Acknowledged."))
    return redirect("desk:audit", id=id)


def _visible(request: DeskRequest) -> list[Audit]:
    """Return the audits of this reader: all, or those sent to them and those they are to sign."""
    found = Audit.objects.all()
    if may(request.actor, "findings.read"):
        return list(found[:SHOWN])
    assert request.actor.id is not None
    sent = found.filter(results__person=request.actor.id)
    unsigned = [
        one for one in found.unsigned(request.at)[:SHOWN] if acts.may_sign(one, request.actor, request.at)
    ]
    return [*unsigned, *sent[:SHOWN]]


def _audit(request: DeskRequest, id: UUID) -> Audit:
    found = Audit.objects.filter(pk=id).first()
    if found is None:
        raise Http404
    assert request.actor.id is not None
    reads = may(request.actor, "findings.read") or found.results.filter(person=request.actor.id).exists()
    if not reads and not acts.may_sign(found, request.actor, request.at):
        raise Http404
    return found


def _list(request: DeskRequest, form: PeriodForm | None = None, *, status: int = 200) -> HttpResponse:
    today = timezone.localdate(request.at)
    first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    usual = PeriodForm(initial={"first": first, "last": today.replace(day=1) - timedelta(days=1)})
    facts = {
        "lines": [AuditLine.of(queries.standing(one, request.at)) for one in _visible(request)],
        "form": form or usual,
    }
    return render(request, "desk/audits/audits.html", facts, status=status)


def _page(request: DeskRequest, row: Audit, problem: str = "", *, status: int = 200) -> HttpResponse:
    by, at = request.actor, request.at
    assert by.id is not None
    reads_all = may(by, "findings.read")
    found = finding_queries.of_audit(row, at)
    if not reads_all:
        found = found.filter(person__in=people_led_by(by, at))
    standing = queries.standing(row, at)
    job = standing.job
    mine = row.results.filter(person=by.id).first()
    by_code = [
        (words.name_of(code), words.looked_for(code), sum(states.values()), states)
        for code, states in finding_queries.by_code(found).items()
    ]
    facts = {
        "one": AuditLine.of(standing),
        "job": _job_shown(request, job, row.pk) if job and not job.finished_at and reads_all else None,
        "by_code": by_code,
        "counts": [(words.STATES[state], number) for state, number in standing.counts.items()],
        "waiting": finding_lines(
            finding_queries.standing(queries.unowned(found, at)[:LISTED], at), row.signed_at
        ),
        "later": finding_lines(finding_queries.standing(_later(row, found), at), row.signed_at),
        "untested": detecting.untested(row.since, min(row.until, at)),
        "results": results_shown(row.results.all()) if reads_all or mine is None else [],
        "mine": mine,
        "reads_all": reads_all,
        "signs": row.signed_at is None and acts.may_sign(row, by, at),
        "problem": problem,
    }
    return render(request, "desk/audits/audit.html", facts, status=status)


def _later(row: Audit, found: finding_queries.Found) -> finding_queries.Found:
    return found.filter(found_at__gt=row.signed_at)[:LISTED] if row.signed_at else found.none()


def _job_shown(request: DeskRequest, job: Job, id: UUID) -> JobShown:
    bar = reverse("desk:audit_progress", args=[id])
    return replace(jobs_shown.shown(job, actor_id=request.actor.id, at=request.at), progress_url=bar)


def _result(job: Job) -> str:
    return reverse("desk:audit", args=[job.parameters["audit"]])


def _alerts(_job: Job) -> str:
    return reverse("desk:findings")


jobs_shown.describe(AUDIT_JOB, name=gettext_lazy("Audit"), result=_result)
jobs_shown.describe(ALERTS_JOB, name=gettext_lazy("Hourly look for alerts"), result=_alerts)
