"""The first page of each role, and the bell."""

from django.http import HttpResponse
from django.shortcuts import render

from desk.permission import DeskRequest, allowed


@allowed("", methods=["GET"])
def home(request: DeskRequest) -> HttpResponse:
    """Show what this person's roles begin the day with."""
    return render(request, "desk/home/home.html")


@allowed("", methods=["GET", "POST"])
def notifications(request: DeskRequest) -> HttpResponse:
    """List the notifications of this person."""
    return render(request, "desk/home/notifications.html")
