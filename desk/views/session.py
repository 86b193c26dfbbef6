"""Login's surroundings: lock, step-up, enrolment."""

from django.http import HttpResponse
from django.shortcuts import render

from desk.permission import DeskRequest, allowed


@allowed("", methods=["GET"])
def session_state(request: DeskRequest) -> HttpResponse:
    """Tell the page how long the session lives."""
    return HttpResponse(status=204)


@allowed("", methods=["POST"])
def unlock(request: DeskRequest) -> HttpResponse:
    """Unlock with the password."""
    return HttpResponse(status=204)


@allowed("", methods=["GET", "POST"])
def step_up(request: DeskRequest) -> HttpResponse:
    """Ask for a fresh second factor."""
    return render(request, "desk/session/step_up.html")
