"""Bring existing consents in: a file and its notice, a dry run with a report per line, then the recording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from access.consent_import.rows import ColumnsMissing
from access.consent_import.run import CHECK, IMPORT
from access.services import consent_import as importing
from consent.models import NoticeVersion
from consent.queries.published import latest
from consent.words import bringing_words, version_words
from customers.imports.report import HEADER, problems_of
from customers.models import ImportProblem
from customers.services.imports import HeaderMissing, NotReady
from customers.words import problem_words
from desk import jobs_shown
from desk.forms_consents import BringInForm
from desk.permission import DeskRequest, allowed
from documents.reading import Unreadable
from documents.sheets import write_csv
from jobs.models import Job
from trail.actor import Actor

LATEST, ROWS = 10, 50
COLUMNS = {
    "number": gettext_lazy("customer number"),
    "purpose": gettext_lazy("purpose"),
    "answer": gettext_lazy("answer"),
    "date": gettext_lazy("date"),
    "method": gettext_lazy("method"),
}


@allowed("customer.import", methods=["GET", "POST"])
def consent_import(request: DeskRequest) -> HttpResponse:
    """Take a file of existing consents and start its dry run; list the person's latest."""
    versions = latest(request.at)
    sent = request.method == "POST"
    form = BringInForm(request.POST if sent else None, request.FILES if sent else None, versions=versions)
    if sent and form.is_valid():
        job = _tried(request, form)
        if job is not None:
            return redirect("desk:consent_import_job", id=job.pk)
    found = Job.objects.filter(owner_id=request.actor.id, kind__in=(CHECK, IMPORT))[:LATEST]
    facts = {
        "form": form,
        "versions": versions,
        "lines": [
            (jobs_shown.shown(job, actor_id=request.actor.id, at=request.at), counts_of(job)) for job in found
        ],
    }
    return render(request, "desk/consents/import.html", facts, status=422 if form.errors else 200)


@allowed("customer.import", methods=["GET"])
def consent_import_job(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show a dry run or a recording: its progress, then what it found or did."""
    job = _own(request.actor, id)
    version = NoticeVersion.objects.select_related("notice").get(pk=job.parameters["version"])
    shown = jobs_shown.shown(job, actor_id=request.actor.id, at=request.at)
    followed = Job.objects.filter(
        owner_id=request.actor.id, kind=IMPORT, parameters__check=str(job.pk)
    ).first()
    page = Paginator(_problems(job), ROWS).get_page(request.GET.get("page"))
    facts = {
        "job": shown,
        "is_check": job.kind == CHECK,
        "counts": counts_of(job),
        "version": version_words(version.notice, version.number),
        "may_start": job.kind == CHECK
        and shown.state == "done"
        and followed is None
        and bool(job.outcome["taken"]),
        "followed": followed.pk if followed else None,
        "page": page,
        "problems": [(one.line, one.column, bringing_words(one.code)) for one in page],
    }
    return render(request, "desk/consents/import_job.html", facts)


@allowed("customer.import", methods=["POST"])
def consent_import_start(request: DeskRequest, id: UUID) -> HttpResponse:
    """Record what a dry run tried out."""
    _own(request.actor, id)
    try:
        job = importing.start_import(id, by=request.actor, at=request.at)
    except NotReady:
        messages.warning(request, _("This dry run cannot be used now. Upload the file again."))
        return redirect("desk:consent_import_job", id=id)
    return redirect("desk:consent_import_job", id=job.pk)


@allowed("customer.import", methods=["GET"])
def consent_import_report(request: DeskRequest, id: UUID) -> HttpResponse:
    """Hand out what was refused as a table: line, column, and the reason in both languages. No values."""
    job = _own(request.actor, id)
    held = BytesIO()
    write_csv(held, HEADER, _report(job), banner="")
    answer = HttpResponse(held.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="consents-{str(job.pk)[:8]}.csv"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def counts_of(job: Job) -> dict[str, int]:
    """Return what became of the rows so far."""
    said = job.outcome or job.cursor
    return {name: int(said.get(name, 0)) for name in ("rows", "taken", "known", "refused")}


def _tried(request: DeskRequest, form: BringInForm) -> Job | None:
    """Seal the file and start its dry run; None when the form now says what is wrong."""
    given = form.cleaned_data
    version = NoticeVersion.objects.select_related("notice").get(pk=given["version"])
    try:
        return importing.start_check(
            given["file"].file,
            name=given["file"].name,
            version=version,
            language=given["language"],
            by=request.actor,
            at=request.at,
        )
    except ColumnsMissing as refused:
        names = _(", ").join(str(COLUMNS[column]) for column in refused.columns)
        form.add_error("file", _("The file has no column for: %(names)s.") % {"names": names})
    except (Unreadable, HeaderMissing) as refused:
        form.add_error("file", problem_words(refused.code, getattr(refused, "params", {})))
    return None


def _own(actor: Actor, id: UUID) -> Job:
    """Return a dry run or recording of this person.

    :raises Http404: there is none, or it is somebody else's.
    """
    found = Job.objects.filter(pk=id, owner_id=actor.id, kind__in=(CHECK, IMPORT)).first()
    if found is None or actor.id is None:
        raise Http404
    return found


def _problems(job: Job) -> QuerySet[ImportProblem]:
    return problems_of(job.pk)


def _report(job: Job) -> Iterator[tuple[str, ...]]:
    for problem in _problems(job).iterator(chunk_size=2000):
        words = []
        for language in ("zh-hans", "en"):
            with override(language):
                words.append(bringing_words(problem.code))
        yield (str(problem.line), problem.column, "未导入 refused", *words)


def _page(job: Job) -> str:
    return reverse("desk:consent_import_job", args=[job.pk])


def _says(code: str, params: Mapping[str, object]) -> str:
    if code == "columns_missing":
        return _("The file has no column for something that every row needs.")
    return problem_words(code, params)


jobs_shown.describe(CHECK, name=gettext_lazy("Dry run of consents"), result=_page, says=_says)
jobs_shown.describe(IMPORT, name=gettext_lazy("Import of consents"), result=_page, says=_says)
