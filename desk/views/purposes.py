"""Why values may be held: the purposes, the proposals that change them, and what no purpose needs any more."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from approvals.registry import CannotApply
from classification.models import PurposeVersion
from classification.proposals import asking
from classification.proposals import purposes as proposals
from classification.purpose_words import department
from classification.purposes import spec_of
from classification.queries import catalogue
from desk.forms_purposes import ChangePurposeForm, EndForm, NewPurposeForm
from desk.permission import DeskRequest, allowed
from desk.proposing import proposed, refusal_words, to_proposal
from desk.shown_decisions import ProposalLine
from desk.shown_purposes import (
    ended_of,
    fields_of,
    held_by,
    line_of,
    lines_of,
    newest,
    versions_of,
    waiting_about,
    without_purpose,
)
from staff.permissions import may


@allowed("notices.read", methods=["GET"])
def purposes(request: DeskRequest) -> HttpResponse:
    """List the purposes in force, those that ended, and how many fields no purpose needs any more."""
    facts = {
        "lines": lines_of(request.at),
        "ended": ended_of(request.at),
        "without": len(without_purpose(request.at)[0]),
    }
    return render(request, "desk/purposes/purposes.html", facts)


@allowed("notices.read", methods=["GET"])
def purposes_without(request: DeskRequest) -> HttpResponse:
    """List the fields whose last purpose ended, with how many customers still hold a value (S0-7). No values."""
    lines, counted = without_purpose(request.at)
    return render(request, "desk/purposes/without.html", {"lines": lines, "counted": counted})


@allowed("notices.read", methods=["GET"])
def purpose(request: DeskRequest, code: str) -> HttpResponse:
    """Show what a purpose says today, its versions with their signatures, and its end for whoever may propose it."""
    version = _version(code)
    return _page(request, version, EndForm(initial={"supersedes": version.number}))


@allowed("purposes.propose", methods=["POST"])
def purpose_end(request: DeskRequest, code: str) -> HttpResponse:
    """Propose that a purpose end."""
    version, form = _version(code), EndForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        made, problem = proposed(
            lambda: proposals.propose_end(
                code,
                supersedes=said["supersedes"],
                reason=said["reason"],
                by=request.actor,
                at=request.at,
            )
        )
        if made:
            return to_proposal(request, made)
        form.add_error(None, problem)
    return _page(request, version, form, status=422)


@allowed("purposes.propose", methods=["GET", "POST"])
def purpose_change(request: DeskRequest, code: str) -> HttpResponse:
    """Ask for other terms, show them against today's, and propose them."""
    version = _version(code)
    sent = request.POST if request.method == "POST" else None
    form = ChangePurposeForm(sent, specs=catalogue(request.at).fields, version=version)
    facts: dict[str, Any] = {"form": form, "version": version}
    if sent and form.is_valid():
        said, terms = form.cleaned_data, form.terms()
        asked: dict[str, Any] = {"supersedes": said["supersedes"], "scenarios": said["scenarios"]}
        content = proposals.changed_content(code, terms, **asked, at=request.at)
        facts["lines"], problem = _previewed(request, content)
        if not problem and sent.get("act") == "propose":
            made, problem = proposed(
                lambda: proposals.propose_change(
                    code, terms, **asked, reason=said["reason"], by=request.actor, at=request.at
                )
            )
            if made:
                return to_proposal(request, made)
        if problem:
            form.add_error(None, problem)
    return render(request, "desk/purposes/change.html", facts, status=422 if form.errors else 200)


@allowed("purposes.propose", methods=["GET", "POST"])
def purpose_new(request: DeskRequest) -> HttpResponse:
    """Propose a purpose that there is not yet."""
    sent = request.POST if request.method == "POST" else None
    form = NewPurposeForm(sent, specs=catalogue(request.at).fields)
    facts: dict[str, Any] = {"form": form}
    if sent and form.is_valid():
        said, terms = form.cleaned_data, form.terms()
        names = {name: said[name] for name in ("name_zh", "name_en", "scenarios")}
        facts["lines"], problem = _previewed(request, proposals.new_content(said["code"], terms, **names))
        if not problem and sent.get("act") == "propose":
            made, problem = proposed(
                lambda: proposals.propose_new(
                    said["code"], terms, **names, reason=said["reason"], by=request.actor, at=request.at
                )
            )
            if made:
                return to_proposal(request, made)
        if problem:
            form.add_error(None, problem)
    return render(request, "desk/purposes/change.html", facts, status=422 if form.errors else 200)


def _previewed(request: DeskRequest, content: dict[str, Any]) -> tuple[list[Any], str]:
    """Return what the proposal would say, and why it could not be carried out."""
    lines = list(proposals.describe(content))
    try:
        proposals.check(content, request.actor, request.at)
    except CannotApply as problem:
        return lines, refusal_words(problem)
    return lines, ""


def _page(request: DeskRequest, version: PurposeVersion, form: EndForm, *, status: int = 200) -> HttpResponse:
    known, spec, at = catalogue(request.at), spec_of(version), request.at
    in_force = version.until is None or version.until > at
    may_propose = may(request.actor, "purposes.propose")
    left = proposals.left_without(spec.code, {}, at) if in_force and may_propose else []
    facts = {
        "version": version,
        "line": line_of(spec, department(spec.owner)),
        "scenarios": asking.named(asking.asking(spec.code)),
        "levels": fields_of(spec, known),
        "versions": versions_of(spec.code),
        "waiting": ProposalLine.of_all(waiting_about(spec.code, at), at),
        "in_force": in_force,
        "may_propose": may_propose,
        "left": held_by(left, at, known),
        "form": form,
    }
    return render(request, "desk/purposes/purpose.html", facts, status=status)


def _version(code: str) -> PurposeVersion:
    found = newest(code)
    if found is None:
        raise Http404
    return found
