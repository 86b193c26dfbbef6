"""Reported problems: the form on every page, and the officer's list."""

from django.http import HttpResponse
from django.shortcuts import render

from desk.permission import DeskRequest, allowed


@allowed("problem.report", methods=["GET", "POST"])
def report(request: DeskRequest) -> HttpResponse:
    """Take a report of a problem."""
    return render(request, "desk/problems/report.html")


@allowed("problems.read", methods=["GET"])
def problems(request: DeskRequest) -> HttpResponse:
    """List the reports."""
    return render(request, "desk/problems/problems.html")
