"""One field of the catalogue: what it means, who signed that, and the proposals that change it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from approvals.models import Proposal
from approvals.registry import CannotApply
from classification import holders
from classification.models import FieldVersion
from classification.proposals import confirming, fields
from classification.queries import FieldSpec, catalogue
from classification.review import reviews
from classification.words import parameters, part
from desk.forms_fields import ChangeForm, ConfirmForm, NewFieldForm
from desk.permission import DeskRequest, allowed
from desk.proposing import proposed, refusal_words, to_proposal
from desk.shown_decisions import ProposalLine
from desk.shown_fields import job_of, misfits_of, review_of, versions_of, waiting_about
from staff.permissions import may


@allowed("catalogue.read", methods=["GET"])
def field(request: DeskRequest, code: str) -> HttpResponse:
    """Show what a field means today, its versions with their signatures, and how far its values have moved."""
    spec = _spec(request, code)
    facts = {
        "spec": spec,
        "category": part("category", spec.category),
        "kind": part("kind", spec.kind),
        "params": parameters(spec.params),
        "search": part("index", spec.index),
        "held": holders.count(code),
        "review": review_of(code, request.at),
        "versions": versions_of(code),
        "job": job_of(code, request.at),
        "misfits": misfits_of(code, request.actor, request.at),
        "waiting": ProposalLine.of_all(waiting_about(code, request.at), request.at),
        "may_propose": may(request.actor, "labels.propose"),
    }
    return render(request, "desk/fields/field.html", facts)


@allowed("catalogue.read", methods=["GET"])
def field_progress(request: DeskRequest, code: str) -> HttpResponse:
    """Return the progress bar of the moving values alone."""
    job = job_of(_spec(request, code).code, request.at)
    if job is None:
        raise Http404
    return render(request, "desk/_progress.html", {"job": job})


@allowed("labels.propose", methods=["GET", "POST"])
def field_change(request: DeskRequest, code: str) -> HttpResponse:
    """Ask for another label, show it against today's with whom it reaches, and propose it."""
    spec = _spec(request, code)
    version = FieldVersion.objects.in_force(request.at).get(field=code)
    form = ChangeForm(request.POST if request.method == "POST" else None, version=version)
    facts: dict[str, Any] = {"spec": spec, "form": form}
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        facts["lines"], problem = _previewed(request, code, form)
        if not problem and request.POST.get("act") == "propose":
            made, problem = proposed(
                lambda: fields.propose_change(
                    code,
                    form.label(),
                    supersedes=said["supersedes"],
                    reason=said["reason"],
                    opening_reason=said["opening_reason"],
                    by=request.actor,
                    at=request.at,
                )
            )
            if made:
                return to_proposal(request, made)
        if problem:
            form.add_error(None, problem)
    return render(request, "desk/fields/change.html", facts, status=422 if form.errors else 200)


@allowed("labels.propose", methods=["GET", "POST"])
def field_new(request: DeskRequest) -> HttpResponse:
    """Propose a field that the catalogue does not have."""
    form = NewFieldForm(request.POST if request.method == "POST" else None, initial={"level": 2})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made, problem = proposed(
            lambda: fields.propose_new(
                said["code"],
                form.label(),
                name_zh=said["name_zh"],
                name_en=said["name_en"],
                reason=said["reason"],
                by=request.actor,
                at=request.at,
            )
        )
        if made:
            return to_proposal(request, made)
        form.add_error(None, problem)
    return render(request, "desk/fields/new.html", {"form": form}, status=422 if form.errors else 200)


@allowed("labels.propose", methods=["GET", "POST"])
def fields_confirm(request: DeskRequest) -> HttpResponse:
    """Propose that fields be signed as they are: those that stand on shipped defaults or are due for review."""
    specs = catalogue(request.at).fields
    form = ConfirmForm(
        request.POST if request.method == "POST" else None, specs=specs, chosen=_due(request, specs)
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made, problem = proposed(lambda: _confirm(request, said["fields_chosen"], said["reason"]))
        if made:
            return to_proposal(request, made)
        form.add_error(None, problem)
    return render(request, "desk/fields/confirm.html", {"form": form}, status=422 if form.errors else 200)


def _confirm(request: DeskRequest, codes: list[str], reason: str) -> Proposal:
    return confirming.propose_confirm(codes, reason=reason, by=request.actor, at=request.at)


def _due(request: DeskRequest, specs: tuple[FieldSpec, ...]) -> list[str]:
    """Return which fields are ticked: the one that was asked for, else all that nobody signed or that are due."""
    asked = request.GET.get("field", "")
    if asked in {spec.code for spec in specs}:
        return [asked]
    clock = reviews(request.at)
    return [spec.code for spec in specs if not spec.confirmed or clock[spec.code].overdue]


def _previewed(request: DeskRequest, code: str, form: ChangeForm) -> tuple[list[Any], str]:
    """Return what the proposal would say, and why it could not be carried out."""
    said = form.cleaned_data
    content = fields.changed_content(
        code,
        form.label(),
        supersedes=said["supersedes"],
        opening_reason=said["opening_reason"],
        at=request.at,
    )
    lines = list(fields.describe_change(content))
    try:
        fields.check_change(content, request.actor, request.at)
    except CannotApply as problem:
        return lines, refusal_words(problem)
    return lines, ""


def _spec(request: DeskRequest, code: str) -> FieldSpec:
    known = catalogue(request.at)
    if code not in known:
        raise Http404
    return known.get(code)
