"""The import wizard: a file, its columns, a dry run, the import. Its state lies in the sealed session and in jobs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.registry import CannotApply
from approvals.services import NobodyCanSign
from classification.models import Scenario
from classification.queries import catalogue, scenarios
from customers.imports.acting import MayNoLonger
from customers.imports.mapping import MappingRefused
from customers.imports.report import HEADER, WARNINGS, problems_of, report_rows
from customers.imports.run import CHECK, IMPORT
from customers.models import Portfolio
from customers.problems import Problem
from customers.queries import portfolios_imported_by
from customers.services import imports as importing
from customers.words import problem_words
from desk import import_pages
from desk.forms_imports import UploadForm
from desk.import_pages import Upload
from desk.permission import DeskRequest, allowed
from desk.shown_imports import (
    ImportShown,
    counts_of,
    import_shown,
    lines_shown,
    mapping_shown,
    problems_shown,
)
from documents.limits import MIB, STANDARD
from documents.reading import Unreadable
from documents.sheets import write_csv
from files.models import SealedFile
from files.services import NotReadable
from jobs.models import Job

LATEST = 10
ROWS = 50
REPORT_ROWS = 2000
LONGEST_REASON = 2000


@allowed("customer.import", methods=["GET", "POST"])
def imports(request: DeskRequest) -> HttpResponse:
    """Take a file, seal it and look into it; list the person's latest imports."""
    places = list(portfolios_imported_by(request.actor, request.at).order_by("code"))
    sent = request.method == "POST"
    form = UploadForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        portfolios=places,
        scenarios=scenarios(),
    )
    if sent and form.is_valid():
        answer = _examined(request, form)
        if answer is not None:
            return answer
    elif sent and not request.FILES and _sent_bytes(request) > settings.UPLOAD_MAX_BYTES:
        form.errors["file"] = form.error_class(
            [problem_words("too_big", {"limit": settings.UPLOAD_MAX_BYTES})]
        )
    latest = Job.objects.filter(owner_id=request.actor.id, kind__in=(CHECK, IMPORT))[:LATEST]
    facts = {
        "form": form,
        "places": places,
        "lines": lines_shown(latest, request.actor, request.at),
        "limits": {
            "size": settings.UPLOAD_MAX_BYTES // MIB,
            "workbook": STANDARD.workbook_size // MIB,
            "rows": STANDARD.rows,
            "columns": STANDARD.columns,
            "bytes": settings.UPLOAD_MAX_BYTES,
        },
    }
    return render(request, "desk/imports/upload.html", facts, status=422 if form.errors else 200)


@allowed("customer.import", methods=["GET", "POST"])
def import_columns(request: DeskRequest, file: UUID) -> HttpResponse:
    """Show where each column of an upload goes, and start the dry run with what was chosen."""
    upload = _in_hand(request, file)
    if upload is None:
        return _over(request)
    if request.method == "GET":
        return _columns(request, upload)
    chosen = import_pages.chosen(request.POST, upload.examined.columns)
    upload = replace(upload, chosen=chosen)
    import_pages.keep(request.session, upload)
    try:
        job = importing.start_check(
            upload.examined,
            mapping=chosen,
            portfolio=upload.portfolio,
            scenario=upload.scenario,
            indirect=upload.proof is not None,
            proof=upload.proof,
            by=request.actor,
            at=request.at,
        )
    except MappingRefused as refused:
        return _columns(request, upload, refused.problems)
    except MayNoLonger as refused:
        return _columns(request, upload, [Problem("", refused.code)])
    except NotReadable:
        return _over(request)
    return redirect("desk:import_job", id=job.pk)


@allowed("customer.import", methods=["GET"])
def import_job(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show a dry run or an import: its progress, then what it found or did."""
    return _result(request, _own(request, id))


@allowed("customer.import", methods=["POST"])
def import_start(request: DeskRequest, id: UUID) -> HttpResponse:
    """Import what a dry run tried out, or propose it to the head where many customers would change."""
    job = _own(request, id, CHECK)
    page = _shown(request, job)
    if not page.may_start:
        messages.warning(request, _("This dry run cannot be used now; see its page for the way on."))
        return redirect("desk:import_job", id=id)
    reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    if page.needs_signature and not reason:
        return _result(request, job, _("Say why; the department head reads it before signing."), status=422)
    try:
        started = importing.start_import(id, reason=reason, by=request.actor, at=request.at)
    except (importing.NotReady, importing.NothingToDo, NotReadable):
        return _over(request)
    except CannotApply as refused:
        return _result(request, job, problem_words(refused.code, refused.params), status=409, reason=reason)
    except NobodyCanSign:
        words = _("Nobody could sign this now: name a head of the department first.")
        return _result(request, job, words, status=409, reason=reason)
    if started.proposal is not None:
        messages.success(request, _("Proposed. Those who sign have been told."))
        return redirect("desk:decision", id=started.proposal.pk)
    assert started.job is not None
    return redirect("desk:import_job", id=started.job.pk)


@allowed("customer.import", methods=["GET"])
def import_report(request: DeskRequest, id: UUID) -> HttpResponseBase:
    """Hand out what was refused as a table: line, column, and the reason in both languages. No values."""
    job = _own(request, id)
    answer = StreamingHttpResponse(_report(job.pk), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{str(job.pk)[:8]}.csv"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _examined(request: DeskRequest, form: UploadForm) -> HttpResponse | None:
    """Seal the file and look into it; return the way on, or None when the form now says what is wrong."""
    said = form.cleaned_data
    try:
        file = importing.upload(said["file"].file, name=said["file"].name, by=request.actor, at=request.at)
        examined = importing.examine(file, scenario=said["scenario"], by=request.actor, at=request.at)
    except (Unreadable, importing.HeaderMissing) as refused:
        form.add_error("file", problem_words(refused.code, getattr(refused, "params", {})))
        return None
    proof = importing.keep_proof(said["proof"], by=request.actor, at=request.at) if said["proof"] else None
    import_pages.keep(request.session, Upload(said["portfolio"], said["scenario"], examined, proof))
    return redirect("desk:import_columns", file=file)


def _sent_bytes(request: DeskRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdigit() else 0


def _in_hand(request: DeskRequest, file: UUID) -> Upload | None:
    """Return an upload of this session, or None when it is over.

    :raises Http404: there is no such upload of this person.
    """
    own = SealedFile.objects.filter(id=file, owner_id=request.actor.id, purpose=importing.PURPOSE)
    if request.actor.id is None or not own.exists():
        raise Http404
    if not SealedFile.objects.readable(request.at).filter(id=file).exists():
        return None
    return import_pages.kept(request.session, file)


def _over(request: DeskRequest) -> HttpResponseRedirect:
    messages.error(request, _("This upload can no longer be used. Upload the file again."))
    return HttpResponseRedirect(reverse("desk:imports"))


def _columns(request: DeskRequest, upload: Upload, problems: Sequence[Problem] = ()) -> HttpResponse:
    portfolio = Portfolio.objects.filter(code=upload.portfolio).first()
    shown = mapping_shown(
        upload,
        problems,
        known=catalogue(request.at),
        portfolio=str(portfolio or upload.portfolio),
        scenario=Scenario.objects.get(code=upload.scenario),
    )
    status = 422 if problems else 200
    return render(request, "desk/imports/columns.html", {"mapping": shown, "step": 2}, status=status)


def _own(request: DeskRequest, id: UUID, *kinds: str) -> Job:
    """Return a dry run or import of this person.

    :raises Http404: there is none, or it is somebody else's.
    """
    found = Job.objects.filter(pk=id, owner_id=request.actor.id, kind__in=kinds or (CHECK, IMPORT)).first()
    if found is None or request.actor.id is None:
        raise Http404
    return found


def _shown(request: DeskRequest, job: Job) -> ImportShown:
    upload = import_pages.kept(request.session, str(job.parameters["file"]))
    return import_shown(job, known=catalogue(request.at), upload=upload, actor=request.actor, at=request.at)


def _result(
    request: DeskRequest, job: Job, problem: str = "", *, status: int = 200, reason: str = ""
) -> HttpResponse:
    shown = _shown(request, job)
    told = problems_of(job.pk)
    show = "warned" if request.GET.get("show") == "warned" else "refused"
    found = told.filter(code__in=WARNINGS) if show == "warned" else told.exclude(code__in=WARNINGS)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    facts = {
        "one": shown,
        "step": shown.step,
        "show": show,
        "page": page,
        "problems": problems_shown(page),
        "told": bool(counts_of(job)["refused"] or counts_of(job)["warned"]),
        "can_remap": import_pages.kept(request.session, shown.file) is not None,
        "problem": problem,
        "reason": reason,
    }
    return render(request, "desk/imports/job.html", facts, status=status)


def _report(job: UUID) -> Iterator[bytes]:
    """Yield the report piece by piece, however long it is."""
    rows: Iterator[tuple[str, ...]] = report_rows(job)
    head: tuple[str, ...] = HEADER
    encoding = "utf-8-sig"
    while True:
        piece = list(islice(rows, REPORT_ROWS))
        held = BytesIO()
        write_csv(held, head, piece, banner="", encoding=encoding)
        yield held.getvalue()
        following = next(rows, None)
        if following is None:
            return
        head, encoding = following, "utf-8"
