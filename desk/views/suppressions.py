"""Patterns put aside: the list, the form, and the end before its day."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.models import Suppression
from audit.services import suppressions as acts
from desk import audit_words as words
from desk.forms_audit import SuppressForm
from desk.permission import DeskRequest, allowed
from desk.shown_audit import SuppressionLine, department_names

SHOWN = 200


@allowed("findings.read", methods=["GET"])
def suppressions(request: DeskRequest) -> HttpResponse:
    """List what is or was put aside, with how many findings it covered."""
    return _page(request)


@allowed("findings.decide", methods=["POST"])
def suppress(request: DeskRequest) -> HttpResponse:
    """Put a pattern aside until a day, with a reason."""
    form = SuppressForm(request.POST, today=timezone.localdate(request.at))
    if not form.is_valid():
        return _page(request, form, status=422)
    given = form.cleaned_data
    try:
        acts.suppress(
            given["detector"],
            person=form.person,
            department="" if form.person else given["department"],
            reason=given["reason"],
            until=form.until,
            by=request.actor,
            at=request.at,
        )
    except acts.NotSuppressed as refused:
        where = (
            "last_day" if refused.code == "bad_until" else "number" if refused.code == "own" else "detector"
        )
        form.add_error(where, str(words.REFUSALS[refused.code]))
        return _page(request, form, status=422)
    messages.success(request, _("Put aside. What it covers is still recorded and shown as put aside."))
    return redirect("desk:suppressions")


@allowed("findings.decide", methods=["POST"])
def suppression_end(request: DeskRequest, id: UUID) -> HttpResponse:
    """Let a pattern count again from now on."""
    if not Suppression.objects.filter(pk=id).exists():
        raise Http404
    if acts.end(id, by=request.actor, at=request.at):
        messages.success(request, _("It counts again."))
    else:
        messages.warning(request, _("It was over already."))
    return redirect("desk:suppressions")


def _page(request: DeskRequest, form: SuppressForm | None = None, *, status: int = 200) -> HttpResponse:
    places = department_names()
    rows = Suppression.objects.annotate(covered=Count("findings"))[:SHOWN]
    initial = {name: request.GET.get(name, "") for name in ("detector", "number")}
    usual = SuppressForm(today=timezone.localdate(request.at), initial=initial)
    facts = {
        "lines": [SuppressionLine.of(row, places, vars(row)["covered"], request.at) for row in rows],
        "form": form or usual,
    }
    return render(request, "desk/findings/suppressions.html", facts, status=status)
