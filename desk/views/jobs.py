"""Background jobs: progress that survives a reload, and the way to the result."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from desk.permission import DeskRequest, allowed


@allowed("jobs.read_own", methods=["GET"])
def jobs(request: DeskRequest) -> HttpResponse:
    """List this person's jobs."""
    return render(request, "desk/jobs/jobs.html")


@allowed("jobs.read_own", methods=["GET"])
def job(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show one job."""
    return render(request, "desk/jobs/job.html")


@allowed("jobs.read_own", methods=["GET"])
def job_progress(request: DeskRequest, id: UUID) -> HttpResponse:
    """Return the progress bar alone."""
    return render(request, "desk/_progress.html")
