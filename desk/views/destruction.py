"""Destruction: batches, what they name, checking one, following it, its certificate, and who is told of it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from classification.queries import catalogue
from customers.models import Customer
from desk import jobs_shown
from desk.forms_destruction import CheckForm, NameForm, SystemToldForm, ToldForm, WhenToldForm
from desk.permission import DeskRequest, allowed
from desk.proposing import proposed, to_proposal
from desk.shown_destruction import SHOWN, BatchLine, items_of
from jobs.models import Job
from retention import certificate as certificates
from retention.destroying import DESTROY
from retention.models import DestructionBatch, DestructionRecord
from retention.queries.batches import Stage, standing, standing_of
from retention.records import verified
from retention.services import batches as acts
from retention.services import recipients
from retention.words import NOT_NOTED
from staff.models import Person
from staff.permissions import may

ROWS = 50


@allowed("destruction.read", methods=["GET"])
def batches(request: DeskRequest) -> HttpResponse:
    """List the batches, newest first; whoever checks may name customers here."""
    return _list(request, NameForm(known=catalogue(request.at)))


@allowed("destruction.check", methods=["POST"])
def batch_name(request: DeskRequest) -> HttpResponse:
    """Make a batch of named customers or of fields of theirs."""
    form = NameForm(request.POST, known=catalogue(request.at))
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = acts.name_customers(
                said["numbers"], said["fields_of"], trigger=said["trigger"], by=request.actor, at=request.at
            )
        except Customer.DoesNotExist:
            form.add_error("numbers", _("One of these customers does not exist."))
        except acts.NothingToDestroy:
            form.add_error("numbers", _("All of these stand in another batch already."))
        else:
            return redirect("desk:batch", id=made.pk)
    return _list(request, form, status=422)


@allowed("destruction.read", methods=["GET"])
def batch(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show one batch: its way, its list, and what came of it."""
    return _page(request, _batch(id), CheckForm())


@allowed("destruction.check", methods=["POST"])
def batch_check(request: DeskRequest, id: UUID) -> HttpResponse:
    """Say that a batch was looked through, and lay it before a department head."""
    found, form = _batch(id), CheckForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    reason = form.cleaned_data["reason"]
    made, problem = proposed(lambda: acts.check(id, reason=reason, by=request.actor, at=request.at))
    if made:
        return to_proposal(request, made)
    messages.error(request, problem)
    return _page(request, found, form, status=409)


@allowed("destruction.check", methods=["POST"])
def batch_told(request: DeskRequest, id: UUID) -> HttpResponse:
    """Note that a recipient of a file was told to destroy it."""
    return _told(request, _batch(id), ToldForm(request.POST), recipients.tell)


@allowed("destruction.check", methods=["POST"])
def batch_system_told(request: DeskRequest, id: UUID) -> HttpResponse:
    """Note that the owner of a downstream system was told to destroy what it holds."""
    return _told(request, _batch(id), SystemToldForm(request.POST), recipients.tell_system)


def _told(
    request: DeskRequest, found: DestructionBatch, form: WhenToldForm, tell: Callable[..., object]
) -> HttpResponse:
    record = DestructionRecord.objects.filter(batch=found).first()
    if record is None:
        raise Http404
    if not form.is_valid():
        messages.error(request, _("Say on which day and how the recipient was told."))
        return _page(request, found, CheckForm(), status=422)
    try:
        tell(record, **form.cleaned_data, by=request.actor, at=request.at)
    except recipients.NotNoted as refused:
        messages.error(request, str(NOT_NOTED[refused.code]))
        return _page(request, found, CheckForm(), status=409)
    messages.success(request, _("Noted."))
    return redirect("desk:batch", id=found.pk)


@allowed("destruction.read", methods=["GET"])
def batch_progress(request: DeskRequest, id: UUID) -> HttpResponse:
    """Return the progress bar of a batch alone."""
    job = standing(_batch(id), request.at).job
    if job is None:
        raise Http404
    return render(request, "desk/_progress.html", {"job": _shown(request, id, job)})


@allowed("destruction.read", methods=["POST"])
def batch_certificate(request: DeskRequest, id: UUID) -> HttpResponse:
    """Hand out the certificate of a destruction."""
    record = DestructionRecord.objects.filter(batch=_batch(id)).first()
    if record is None:
        raise Http404
    content = certificates.certificate(record, by=request.actor, at=request.at)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="destruction-{str(id)[:8]}.pdf"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _batch(id: UUID) -> DestructionBatch:
    found = DestructionBatch.objects.filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _list(request: DeskRequest, form: NameForm, *, status: int = 200) -> HttpResponse:
    page = Paginator(DestructionBatch.objects.all(), ROWS).get_page(request.GET.get("page"))
    facts = {
        "page": page,
        "lines": [BatchLine.of(one) for one in standing_of(list(page), request.at)],
        "form": form if may(request.actor, "destruction.check") else None,
    }
    return render(request, "desk/destruction/batches.html", facts, status=status)


def _page(
    request: DeskRequest, found: DestructionBatch, form: CheckForm, *, status: int = 200
) -> HttpResponse:
    now = standing(found, request.at)
    record = DestructionRecord.objects.filter(batch=found).first()
    checkable = now.stage in (Stage.TO_CHECK, Stage.FAILED) and may(request.actor, "destruction.check")
    facts = {
        "line": BatchLine.of(now),
        "items": items_of(found, request.at),
        "more": max(found.customers - SHOWN, 0),
        "proposal": now.proposal,
        "job": _shown(request, found.pk, now.job)
        if now.job and now.stage in (Stage.RUNNING, Stage.FAILED)
        else None,
        "form": form if checkable else None,
        **_recorded(request, record),
    }
    return render(request, "desk/destruction/batch.html", facts, status=status)


def _recorded(request: DeskRequest, record: DestructionRecord | None) -> dict[str, object]:
    if record is None:
        return {"record": None}
    content = record.content
    tells = may(request.actor, "destruction.check")
    today = timezone.localdate(request.at)
    received, copies = certificates.recipients(record), certificates.copies(content)
    names = dict(Person.objects.filter(number__in={one.to for one in received}).values_list("number", "name"))
    return {
        "record": record,
        "verified": verified(record),
        "what": certificates.what(content),
        "who": certificates.who(content),
        "counts": certificates.counts(content),
        "proof": certificates.proof(content),
        # What there was none of is named in one line; the certificate has a row for each.
        "copies": [one for one in copies if one[2] != "0"],
        "without": [one[0] for one in copies if one[2] == "0"],
        "recipients": [
            (
                one,
                names.get(one.to, ""),
                ToldForm(initial={"export": one.export, "told_on": today}, auto_id=f"told_{one.export}_%s"),
            )
            for one in received
        ],
        "systems": [
            (
                one,
                SystemToldForm(
                    initial={"system": one.system, "told_on": today, "how": one.how},
                    auto_id=f"told_{one.system}_%s",
                ),
            )
            for one in certificates.systems(record)
        ],
        "tells": tells,
        "digests": certificates.digests(record),
    }


def _shown(request: DeskRequest, id: UUID, job: Job) -> object:
    url = reverse("desk:batch_progress", args=[id])
    return jobs_shown.shown(job, actor_id=request.actor.id, at=request.at, progress_url=url)


def _result(job: Job) -> str:
    return reverse("desk:batch", args=[job.parameters["batch"]])


jobs_shown.describe(DESTROY, name=gettext_lazy("Destruction of a batch"), result=_result)
