"""Decisions: what waits for my signature, what I proposed, and one proposal with its scope, people and answer."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.models import UsageRequest
from access.queries.grants import KIND
from access.queries.requests import signed_and_over
from access.services import requests
from approvals import queries, reasons, services
from approvals.models import Proposal
from approvals.words import not_signed_words
from classification.queries import catalogue
from customers.problems import Refused
from desk.forms_requests import NarrowForm
from desk.permission import DeskRequest, allowed
from desk.proposing import refusal_words
from desk.shown_decisions import ProposalLine, decision_shown
from desk.shown_effect import effect_of_proposal
from desk.shown_requests import lines, problem_words, risk_shown
from staff.models import Enrolment
from staff.services import enrolments
from staff.words import enrolment_words

MOST_AT_ONCE = 100


@allowed("", methods=["GET"])
def decisions(request: DeskRequest) -> HttpResponse:
    """List what waits for this person, what they proposed and answered, and what was used of what they granted."""
    part = queries.taken_part(request.actor)
    over = signed_and_over(request.actor, request.at) if part.answered else []
    facts = {
        "waiting": ProposalLine.of_all(queries.inbox(request.actor, request.at), request.at),
        "mine": ProposalLine.of_all(part.proposed, request.at),
        "answered": ProposalLine.of_all(part.answered, request.at),
        "over": lines(over, request.at),
    }
    return render(request, "desk/decisions/decisions.html", facts)


@allowed("", methods=["GET"])
def decision(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show one proposal: its scope against today, the people, the hash, and the answer that is open to this person."""
    return _page(request, _visible(request, id))


@allowed("", methods=["POST"])
def approve(request: DeskRequest, id: UUID) -> HttpResponse:
    """Sign what was read, bound to its hash."""
    proposal = _visible(request, id)
    try:
        outcome = services.approve(
            id, seen_hash=request.POST.get("hash", ""), by=request.actor, at=request.at
        )
    except services.NotSigned as refused:
        said = refusal_words(refused.problem) if refused.problem else not_signed_words(refused.code)
        return _page(request, proposal, said, status=409)
    if not outcome.applied:
        messages.success(request, _("Signed. Another signature is needed."))
    elif isinstance(outcome.result, Enrolment) and outcome.result.mail_to:
        _send(request, outcome.result)
    else:
        messages.success(request, _("Signed and carried out."))
    return redirect("desk:decision", id=id)


@allowed("", methods=["POST"])
def approve_many(request: DeskRequest) -> HttpResponse:
    """Sign what was chosen in the inbox: each proposal for itself, bound to its hash, with one fresh second factor."""
    chosen = [one.split(" ", 1) for one in request.POST.getlist("chosen")[:MOST_AT_ONCE]]
    signed = 0
    for id, seen_hash in (pair for pair in chosen if len(pair) == 2):
        try:
            services.approve(UUID(id), seen_hash=seen_hash, by=request.actor, at=request.at)
            signed += 1
        except services.NotSigned as refused:
            said = refusal_words(refused.problem) if refused.problem else not_signed_words(refused.code)
            messages.error(request, said)
        except (ValueError, Proposal.DoesNotExist):
            raise Http404 from None
    if signed:
        words = ngettext("%(count)s proposal signed.", "%(count)s proposals signed.", signed)
        messages.success(request, words % {"count": signed})
    elif not chosen:
        messages.warning(request, _("Choose at least one proposal."))
    return redirect("desk:decisions")


@allowed("", methods=["POST"])
def narrow(request: DeskRequest, id: UUID) -> HttpResponse:
    """Sign less than a usage request asks."""
    proposal = _visible(request, id)
    row = _request_of(proposal)
    if row is None:
        raise Http404
    form = _narrow_form(row, request.at, request.POST)
    if not form.is_valid():
        return _page(request, proposal, status=422, narrow=form)
    given = form.cleaned_data
    try:
        outcome = requests.narrow(
            id,
            fields=given["fields_left"],
            ends_at=given["ends_at"],
            output=given["output"],
            uses_at_most=given["uses"],
            reason=given["reason"],
            seen_hash=request.POST.get("hash", ""),
            by=request.actor,
            at=request.at,
        )
    except Refused as refused:
        for problem in refused.problems:
            form.add_error(
                {"fields": "fields_left"}.get(problem.field, problem.field),
                problem_words(problem.field, problem.code, problem.params),
            )
        return _page(request, proposal, status=422, narrow=form)
    except services.NotSigned as no:
        said = refusal_words(no.problem) if no.problem else not_signed_words(no.code)
        return _page(request, proposal, said, status=409, narrow=form)
    messages.success(
        request,
        _("Narrowed and signed.")
        if outcome.applied
        else _("Narrowed and signed. Another signature is needed."),
    )
    return redirect("desk:decision", id=outcome.proposal.pk)


@allowed("", methods=["POST"])
def refuse(request: DeskRequest, id: UUID) -> HttpResponse:
    """Refuse with a reason; the proposer reads it."""
    proposal = _visible(request, id)
    reason = request.POST.get("reason", "").strip()[:2000]
    if not reason:
        return _page(request, proposal, _("Say why you refuse; the proposer will read it."), status=422)
    try:
        services.refuse(id, reason=reason, by=request.actor, at=request.at)
    except services.NotSigned as refused:
        return _page(request, proposal, not_signed_words(refused.code), status=409, reason=reason)
    messages.success(request, _("Refused. The proposer has been told."))
    return redirect("desk:decision", id=id)


@allowed("", methods=["POST"])
def withdraw(request: DeskRequest, id: UUID) -> HttpResponse:
    """Take an own proposal back."""
    proposal = _visible(request, id)
    try:
        services.withdraw(id, by=request.actor, at=request.at)
    except services.NotSigned as refused:
        return _page(request, proposal, not_signed_words(refused.code), status=409)
    messages.success(request, _("Withdrawn."))
    return redirect("desk:decision", id=id)


@allowed("", methods=["POST"])
def enrolment(request: DeskRequest, id: UUID) -> HttpResponse:
    """Hand this person their half of an enrolment, shown once: the link to the proposer, the code to the signer."""
    proposal = _visible(request, id)
    made = Enrolment.objects.open(request.at).filter(proposal=proposal.pk).first()
    half = request.POST.get("half", "")
    if made is None or half not in {"link", "code", "mail"}:
        raise Http404
    try:
        if half == "mail":
            if proposal.proposer_id != request.actor.id:
                raise enrolments.EnrolmentRefused("not_yours")
            _send(request, made)
            return redirect("desk:decision", id=id)
        if half == "link":
            token = enrolments.fetch_link(made.pk, by=request.actor, at=request.at)
            shown = enrolments.link(token, address=request.build_absolute_uri("/"))
        else:
            shown = enrolments.fetch_code(made.pk, by=request.actor, at=request.at)
    except enrolments.EnrolmentRefused as refused:
        return _page(request, proposal, enrolment_words(refused.code), status=409)
    return _page(request, proposal, half=half, half_shown=shown)


def _send(request: DeskRequest, made: Enrolment) -> None:
    enrolments.send_link(made.pk, address=request.build_absolute_uri("/"), by=request.actor, at=request.at)
    messages.success(
        request, _("Carried out. The enrolment link was sent to the mail address that was signed for.")
    )


def _request_of(proposal: Proposal) -> UsageRequest | None:
    return UsageRequest.objects.filter(proposal=proposal.pk).first() if proposal.kind == KIND else None


def _narrow_form(row: UsageRequest, at: datetime, data: QueryDict | None = None) -> NarrowForm:
    known = catalogue(at)
    return NarrowForm(
        data,
        fields=[(code, known.get(code).label) for code in row.fields if code in known],
        initial={
            "fields_left": row.fields,
            "ends_at": timezone.localtime(row.ends_at),
            "output": row.output,
            "uses": row.uses,
        },
    )


def _visible(request: DeskRequest, id: UUID) -> Proposal:
    found = queries.visible(request.actor, id, request.at)
    if found is None:
        raise Http404
    return found


def _page(
    request: DeskRequest,
    proposal: Proposal,
    problem: str = "",
    *,
    status: int = 200,
    reason: str = "",
    half: str = "",
    half_shown: str = "",
    narrow: NarrowForm | None = None,
) -> HttpResponse | HttpResponseRedirect:
    proposal = _visible(request, proposal.pk)
    why = reasons.read(proposal, by=request.actor, at=request.at)
    decision = decision_shown(proposal, why, request.actor, request.at)
    row = _request_of(proposal)
    if row is not None and decision.may_sign and narrow is None:
        narrow = _narrow_form(row, request.at)
    facts = {
        "decision": decision,
        "risk": risk_shown(row, request.at) if row else None,
        "narrow": narrow,
        "problem": problem,
        "reason": reason,
        "half": half,
        "half_shown": half_shown,
        "effect": effect_of_proposal(proposal, request.at),
    }
    return render(request, "desk/decisions/decision.html", facts, status=status)
