"""The key register, and the acts that two custodians sign. No key and no subject is on it (S0-23)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy

from approvals.models import Proposal
from custody import acts
from custody.factor import PREFIX
from custody.queries.register import register
from custody.services import proposing, reports
from custody.words import refusal_words, unreadable_words
from customers.words import problem_words
from desk import jobs_shown
from desk.forms_keys import DrillForm, RotateForm, StepForm
from desk.permission import DeskRequest, PageClosed, allowed
from desk.proposing import proposed, to_proposal
from desk.shown import JobShown
from desk.shown_decisions import ProposalLine
from desk.shown_keys import facts
from jobs.models import Job
from staff.permissions import may
from vault.holding.condition import condition

KINDS = (acts.KEK_JOB, *acts.JOBS.values())
SHOWN_FOR = timedelta(hours=12)
MOST_JOBS = 5


@allowed("keys.read", methods=["GET"])
def keys(request: DeskRequest) -> HttpResponse:
    """Show the register as it stands, what runs, what waits for the second custodian, and what can be done next."""
    return _page(request)


@allowed("keys.act", methods=["POST"])
def keys_propose(request: DeskRequest) -> HttpResponse:
    """Propose the next step in the life of a key."""
    form = StepForm(request.POST, steps=register(request.at).steps)
    if not form.is_valid():
        return _page(request, step=form, status=422)
    return _proposed(request, form, form.chosen.kind, form.chosen.content)


@allowed("keys.act", methods=["POST"])
def keys_rotate(request: DeskRequest) -> HttpResponse:
    """Propose to rotate the data keys of all customers, a portfolio or one customer."""
    form = RotateForm(request.POST)
    if not form.is_valid():
        return _page(request, rotate=form, status=422)
    said = form.cleaned_data
    return _proposed(request, form, acts.REKEY, {"scope": said["scope"], "id": said["id"]})


@allowed("keys.act", methods=["POST"])
def keys_drill(request: DeskRequest) -> HttpResponse:
    """Propose to record an escrow drill."""
    form = DrillForm(request.POST)
    if not form.is_valid():
        return _page(request, drill=form, status=422)
    said = form.cleaned_data
    made, problem = proposed(
        lambda: proposing.propose_drill(
            said["held_on"],
            said["copy"],
            opened=said["opened"] == "yes",
            reason=said["reason"],
            by=request.actor,
            at=request.at,
        )
    )
    if made:
        return to_proposal(request, made)
    form.add_error(None, problem)
    return _page(request, drill=form, status=409)


@allowed("keys.read", methods=["GET"])
def keys_progress(request: DeskRequest, id: UUID) -> HttpResponse:
    """Return the progress bar of a key job alone."""
    job = Job.objects.filter(pk=id, kind__in=KINDS).first()
    if job is None:
        raise Http404
    return render(request, "desk/_progress.html", {"job": _shown(job, request)})


@allowed("keys.read", methods=["POST"])
def keys_report(request: DeskRequest) -> HttpResponse:
    """Hand out the register as a file."""
    format = request.POST.get("format", "")
    if format not in reports.FORMATS:
        raise Http404
    try:
        made = reports.download(format, by=request.actor, at=request.at)
    except reports.NotAllowed:
        raise PageClosed("keys.read") from None
    answer = HttpResponse(made.content, content_type=made.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _proposed(
    request: DeskRequest, form: StepForm | RotateForm, kind: str, content: Mapping[str, object]
) -> HttpResponse:
    made, problem = proposed(
        lambda: proposing.propose(
            kind, content, reason=form.cleaned_data["reason"], by=request.actor, at=request.at
        )
    )
    if made:
        return to_proposal(request, made)
    form.add_error(None, problem)
    if isinstance(form, StepForm):
        return _page(request, step=form, status=409)
    return _page(request, rotate=form, status=409)


def _page(
    request: DeskRequest,
    *,
    step: StepForm | None = None,
    rotate: RotateForm | None = None,
    drill: DrillForm | None = None,
    status: int = 200,
) -> HttpResponse:
    found = register(request.at)
    waiting = Proposal.objects.waiting(request.at).filter(kind__startswith=PREFIX).order_by("proposed_at")
    said = facts(found) | {
        "waiting": ProposalLine.of_all(waiting, request.at),
        "jobs": [_shown(job, request) for job in _jobs(request)],
        "site": SimpleLazyObject(condition),
    }
    if may(request.actor, "keys.act"):
        said |= {
            "step": step or StepForm(steps=found.steps),
            "rotate": rotate or RotateForm(),
            "drill": drill or DrillForm(),
        }
    return render(request, "desk/keys/keys.html", said, status=status)


def _jobs(request: DeskRequest) -> list[Job]:
    """Return the key jobs that run, and those of the last hours."""
    lately = Q(pk__in=Job.objects.open()) | Q(created_at__gte=request.at - SHOWN_FOR)
    return list(Job.objects.filter(lately, kind__in=KINDS).order_by("-created_at")[:MOST_JOBS])


def _shown(job: Job, request: DeskRequest) -> JobShown:
    bar = reverse("desk:keys_progress", args=[job.pk])
    return jobs_shown.shown(job, actor_id=request.actor.id, at=request.at, progress_url=bar)


def _warning(job: Job) -> str:
    return unreadable_words(job.kind, int(job.cursor.get("unreadable", 0)))


def _result(job: Job) -> str:
    return reverse("desk:keys")


for kind, name in {
    acts.KEK_JOB: gettext_lazy("Act on a master key"),
    acts.REWRAP_JOB: gettext_lazy("Wrapping of data keys"),
    acts.JOBS[acts.REKEY]: gettext_lazy("Rotation of data keys"),
    acts.JOBS[acts.REINDEX]: gettext_lazy("Rotation of the index epoch"),
    acts.JOBS[acts.RESEAL]: gettext_lazy("Change of the suite"),
}.items():
    jobs_shown.describe(kind, name=name, result=_result)
    jobs_shown.WARNS[kind] = _warning
for kind in (acts.KEK_JOB, acts.REWRAP_JOB):
    jobs_shown.SAYS[kind] = refusal_words
for kind in (acts.JOBS[acts.REKEY], acts.JOBS[acts.REINDEX], acts.JOBS[acts.RESEAL]):
    jobs_shown.SAYS[kind] = problem_words
