"""The personnel file: upload it, read what it would change, confirm that (S0-31)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.services import hr_files
from access.services.hr_files import NotConfirmed
from customers.words import problem_words
from desk.forms_reviews import HrFileForm
from desk.permission import DeskRequest, allowed
from documents.reading import Unreadable
from staff.hr.reading import DEPARTMENT, LIMITS, NUMBER, STATE, ColumnsMissing
from staff.models import Department, HrFile
from staff.services.hr_files import bring

COLUMNS = {
    NUMBER: gettext_lazy("Staff number"),
    STATE: gettext_lazy("State"),
    DEPARTMENT: gettext_lazy("Department"),
}
PROBLEMS = {
    "number_missing": gettext_lazy("There is no staff number."),
    "number_twice": gettext_lazy("This staff number stands in the file twice."),
    "state_unknown": gettext_lazy("The state is neither working nor left."),
    "department_unknown": gettext_lazy("There is no department of this code or name in use."),
    "yourself": gettext_lazy(
        "Nobody changes their own place; another security manager has to bring this row."
    ),
}
REFUSALS = {
    "confirmed": gettext_lazy("This file was confirmed already."),
    "problems": gettext_lazy(
        "Put the rows named below right and upload the file again; nothing was changed."
    ),
    "changed": gettext_lazy("Something has changed since you read this. Look at it again, then confirm."),
}


@allowed("people.take_away", methods=["GET", "POST"])
def hr_file_new(request: DeskRequest) -> HttpResponse:
    """Take a personnel file and go to what it would change."""
    sent = request.method == "POST"
    form = HrFileForm(request.POST if sent else None, request.FILES if sent else None)
    if sent and form.is_valid() and (made := _brought(request, form)):
        return redirect("desk:hr_file", id=made.pk)
    return render(request, "desk/reviews/hr_new.html", {"form": form}, status=422 if form.errors else 200)


@allowed("people.take_away", methods=["GET"])
def hr_file(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show what a file would change today: leavers, movers, unknown numbers, rows to put right."""
    return _page(request, _own(request, id))


@allowed("people.take_away", methods=["POST"])
def hr_file_confirm(request: DeskRequest, id: UUID) -> HttpResponse:
    """Carry out what was read: all of it, or nothing."""
    file = _own(request, id)
    try:
        done = hr_files.confirm(file.pk, seen=request.POST.get("seen", ""), by=request.actor, at=request.at)
    except NotConfirmed as refused:
        return _page(request, file, str(REFUSALS[refused.code]), status=409)
    words = _("Done. Cut off: %(leavers)s. Moved: %(movers)s.")
    messages.success(request, words % {"leavers": len(done.leavers), "movers": len(done.movers)})
    return redirect("desk:people")


def _brought(request: DeskRequest, form: HrFileForm) -> HrFile | None:
    """Keep the file; None when the form now says what is wrong with it."""
    given = form.cleaned_data["file"]
    try:
        if given.size > LIMITS.size:
            raise Unreadable("too_big", limit=LIMITS.size)
        return bring(given.read(), by=request.actor, at=request.at)
    except ColumnsMissing as refused:
        names = _(", ").join(str(COLUMNS[column]) for column in refused.columns)
        form.add_error("file", _("The file has no column for: %(names)s.") % {"names": names})
    except Unreadable as refused:
        form.add_error("file", problem_words(refused.code, refused.params))
    return None


def _own(request: DeskRequest, id: UUID) -> HrFile:
    """Return a file that this person brought."""
    found = HrFile.objects.filter(pk=id).first()
    if found is None or found.brought_by_id != request.actor.id:
        raise Http404
    return found


def _page(request: DeskRequest, file: HrFile, problem: str = "", *, status: int = 200) -> HttpResponse:
    diff = hr_files.diff_of(file, by=request.actor, at=request.at)
    names = dict(Department.objects.values_list("code", "name"))
    facts = {
        "file": file,
        "diff": diff,
        "movers": [(one, names[one.department], names[one.to]) for one in diff.movers],
        "leavers": [(one, names[one.department]) for one in diff.leavers],
        "problems": [(one.line, COLUMNS[one.column], PROBLEMS[one.code]) for one in diff.problems],
        "problem": problem,
    }
    return render(request, "desk/reviews/hr_file.html", facts, status=status)
