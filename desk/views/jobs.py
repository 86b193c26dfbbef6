"""Background jobs: progress that survives a reload, and the way to the result."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from desk.jobs_shown import shown
from desk.permission import DeskRequest, allowed
from jobs import services
from jobs.models import Job

ROWS = 50


@allowed("jobs.read_own", methods=["GET"])
def jobs(request: DeskRequest) -> HttpResponse:
    """List this person's jobs, newest first."""
    page = Paginator(Job.objects.filter(owner_id=request.actor.id), ROWS).get_page(request.GET.get("page"))
    lines = [shown(one, actor_id=request.actor.id, at=request.at) for one in page]
    return render(request, "desk/jobs/jobs.html", {"page": page, "lines": lines})


@allowed("jobs.read_own", methods=["GET"])
def job(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show one job of this person."""
    found = shown(own(request, id), actor_id=request.actor.id, at=request.at)
    return render(request, "desk/jobs/job.html", {"job": found})


@allowed("jobs.read_own", methods=["GET"])
def job_progress(request: DeskRequest, id: UUID) -> HttpResponse:
    """Return the progress bar alone, which asks again while the job lives."""
    found = shown(own(request, id), actor_id=request.actor.id, at=request.at)
    return render(request, "desk/_progress.html", {"job": found})


@allowed("jobs.read_own", methods=["POST"])
def job_stop(request: DeskRequest, id: UUID) -> HttpResponse:
    """Stop a job; what it has written stays."""
    if services.stop(own(request, id).pk, by=request.actor, at=request.at):
        messages.success(request, _("Stopped. What was written stays."))
    return HttpResponseRedirect(reverse("desk:job", args=[id]))


def own(request: DeskRequest, id: UUID) -> Job:
    """Return a job of this person.

    :raises Http404: there is none, or it is somebody else's.
    """
    found = Job.objects.filter(pk=id, owner_id=request.actor.id).first()
    if found is None or request.actor.id is None:
        raise Http404
    return found
