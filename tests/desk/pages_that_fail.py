"""A site whose pages fail on purpose, to see what its visitors are told."""

import psycopg
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import OperationalError
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


def fails(request: HttpRequest, error: str, wrapped: str = "") -> HttpResponse:
    """Fail as the database driver does, by itself or, `wrapped`, where Django saves the session."""
    try:
        try:
            raise getattr(psycopg.errors, error)(f"about {SECRET}")
        except psycopg.Error as driver:
            raise OperationalError(str(driver)) from driver
    except OperationalError:
        if not wrapped:
            raise
        try:
            raise UpdateError
        except UpdateError:
            raise SessionInterrupted("deleted")  # noqa: B904 - without `from`, as Django does


@allowed("", methods=["GET", "POST"])
def act(request: DeskRequest) -> HttpResponse:
    if not is_fresh(request.actor, at=request.at):
        raise StepUpNeeded
    return HttpResponse(f"done {request.POST.get('note', '')}")


urlpatterns = [
    path("breaks/", breaks),
    path("unrecorded/", unrecorded),
    path("fails/<str:error>/", fails),
    path("fails/<str:error>/<str:wrapped>/", fails),
    path("act/", act),
    path("", include(ours)),
]
