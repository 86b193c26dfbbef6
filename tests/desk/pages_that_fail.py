"""A site whose pages fail on purpose, to see what its visitors are told."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from custinfo.urls import handler400, handler403, handler404, handler500
from custinfo.urls import urlpatterns as ours
from desk.permission import DeskRequest, allowed
from staff.step_up import StepUpNeeded, is_fresh
from trail.services import TrailUnavailable

__all__ = ["handler400", "handler403", "handler404", "handler500"]
SECRET = "13800001234"


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(f"about {SECRET}")


def unrecorded(request: HttpRequest) -> HttpResponse:
    raise TrailUnavailable(f"about {SECRET}")


@allowed("", methods=["GET", "POST"])
def act(request: DeskRequest) -> HttpResponse:
    if not is_fresh(request.actor, at=request.at):
        raise StepUpNeeded
    return HttpResponse(f"done {request.POST.get('note', '')}")


urlpatterns = [
    path("breaks/", breaks),
    path("unrecorded/", unrecorded),
    path("act/", act),
    path("", include(ours)),
]
