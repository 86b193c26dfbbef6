"""Consent at the desk: ask the customer, record an answer, withdraw, end. Every act is on one customer in reach."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from access.queries.consents import may_be_minor
from access.queries.customer_consents import PurposeConsent, of_customer
from access.services import consents, deliver
from access.services.deliver import Delivered, NotSent
from classification.queries import catalogue
from consent.models import NoticeVersion
from consent.problems import ConsentRefused
from consent.queries.published import latest
from consent.services.links import MAIL
from consent.services.records import asked_of
from consent.words import day, refusal_words, version_words
from customers.contacts import current
from customers.models import Customer
from desk.forms_consents import AskForm, RecordForm, named
from desk.permission import DeskRequest, allowed
from desk.pictures import qr_of
from desk.shown_consents import labels
from desk.views.customers import fetch


@allowed("consent.record", methods=["GET", "POST"])
def consent_ask(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Ask the customer by a one-time link: sent by mail without showing the address, or printed as a QR code."""
    found = fetch(request, ref)
    ways = of_customer(found, reader=request.actor, at=request.at).purposes
    askable = [one for one in ways if one.version is not None and one.ask_again is None]
    form = AskForm(
        request.POST if request.method == "POST" else None,
        askable=[(one.code, named(one.names)) for one in askable],
        initial={"purposes": _preselected(request, askable), "language": "zh-hans"},
    )
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            return _asked(request, found, form, askable)
        except ConsentRefused as refused:
            problem = said(refused, request)
        except NotSent:
            problem = _("The mail server did not take the message. Print the link instead, or try again.")
    facts = {
        "customer": _named(found),
        "form": form,
        "problem": problem,
        "field": labels([request.GET.get("field", "")], catalogue(request.at)),
        "closed": [
            (named(one.names), day(one.ask_again) if one.ask_again else "")
            for one in ways
            if one.spec is not None and one not in askable
        ],
        "minor": may_be_minor(found, request.at),
    }
    return render(request, "desk/consents/ask.html", facts, status=422 if problem or form.errors else 200)


@allowed("consent.record", methods=["GET", "POST"])
def consent_record(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Record what a customer answered, with the evidence."""
    found = fetch(request, ref)
    versions = latest(request.at)
    version = _version(request, versions)
    if version is None:
        return render(request, "desk/consents/record.html", {"customer": _named(found), "form": None})
    sent = request.method == "POST"
    form = RecordForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        version=version,
        minor=may_be_minor(found, request.at),
        at=request.at,
        initial={"answered_at": timezone.localtime(request.at), "language": "zh-hans"},
    )
    if sent and form.is_valid() and _recorded(request, found, form):
        messages.success(request, _("Recorded. It counts from the next read on."))
        return redirect("desk:customer", ref=ref)
    facts = {
        "customer": _named(found),
        "form": form,
        "version": version.pk,
        "versions": [(one.pk, version_words(one.notice, one.number)) for one in versions],
        "sent": sent,
    }
    return render(request, "desk/consents/record.html", facts, status=422 if form.errors else 200)


@allowed("consent.record", methods=["POST"])
def consent_withdraw(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Record in one step that the customer withdrew (PIPL 15)."""
    try:
        consents.withdraw(ref, [request.POST.get("purpose", "")], by=request.actor, at=request.at)
    except Customer.DoesNotExist:
        raise Http404 from None
    except ConsentRefused as refused:
        messages.error(request, said(refused, request))
    else:
        messages.success(request, _("Withdrawn. From the next read on nothing rests on this consent."))
    return redirect("desk:customer", ref=ref)


@allowed("consent.revoke", methods=["POST"])
def consent_revoke(request: DeskRequest, ref: UUID) -> HttpResponse:
    """End a consent as the handler, with a reason."""
    purposes, reason = [request.POST.get("purpose", "")], request.POST.get("reason", "")[:2000]
    try:
        consents.revoke(ref, purposes, reason=reason, by=request.actor, at=request.at)
    except Customer.DoesNotExist:
        raise Http404 from None
    except ConsentRefused as refused:
        messages.error(request, said(refused, request))
    else:
        messages.success(request, _("Ended. From the next read on nothing rests on this consent."))
    return redirect("desk:customer", ref=ref)


@allowed("customer.open", methods=["POST"])
def consent_tell(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Ask the supervisors who reach the customer to look at the evidence."""
    try:
        told = consents.ask_confirmation(ref, by=request.actor, at=request.at)
    except Customer.DoesNotExist:
        raise Http404 from None
    if told:
        messages.success(request, _("Those who may confirm the evidence have been told."))
    else:
        messages.warning(request, _("Nobody else may confirm evidence of this customer now."))
    return redirect("desk:customer", ref=ref)


def said(refused: ConsentRefused, request: DeskRequest) -> str:
    """Put a refusal in words; a purpose is called by its name."""
    params = dict(refused.params)
    if "purpose" in params:
        names = {code: one["names"] for row in latest(request.at) for code, one in asked_of(row).items()}
        code = str(params["purpose"])
        params["purpose"] = named(names[code]) if code in names else code
    return refusal_words(refused.code, params)


def _asked(
    request: DeskRequest, found: Customer, form: AskForm, askable: list[PurposeConsent]
) -> HttpResponse:
    """Make the link: then back to the customer, or to the page that is printed."""
    chosen = form.cleaned_data["purposes"]
    versions = {one.version.pk: one.version for one in askable if one.version and one.code in chosen}
    if len(versions) > 1:
        raise ConsentRefused("several_notices")
    contact = current(request.actor.id, found.ref, request.at) if request.actor.id else None
    (version,) = versions.values()
    made = deliver.consent_link(
        found.ref,
        version=version,
        purposes=chosen,
        language=form.cleaned_data["language"],
        via=form.cleaned_data["via"],
        contact=contact.pk if contact else None,
        takes_file=form.cleaned_data["takes_file"],
        by=request.actor,
        at=request.at,
    )
    if form.cleaned_data["via"] == MAIL:
        until = {"day": day(made.link.expires_at)}
        messages.success(request, _("Sent. The customer can answer until %(day)s.") % until)
        return redirect("desk:customer", ref=found.ref)
    return _printed(request, found, made, version)


def _printed(request: DeskRequest, found: Customer, made: Delivered, version: NoticeVersion) -> HttpResponse:
    asked = asked_of(version)
    facts = {
        "customer": _named(found),
        "address": made.address,
        "picture": qr_of(made.address),
        "until": made.link.expires_at,
        "check": named(made.link.check_names),
        "notice": version_words(version.notice, version.number),
        "purposes": [named(asked[code]["names"]) for code in made.link.purposes],
    }
    return render(request, "desk/consents/printed.html", facts)


def _recorded(request: DeskRequest, found: Customer, form: RecordForm) -> bool:
    try:
        consents.record(
            found.ref,
            version=form.version,
            language=form.cleaned_data["language"],
            answers=form.answers,
            method=form.cleaned_data["method"],
            effective_at=form.cleaned_data["answered_at"],
            written=form.cleaned_data["written"] and any(one.yes for one in form.answers),
            guardian=form.cleaned_data.get("guardian", ""),
            uploads=form.uploads,
            by=request.actor,
            at=request.at,
        )
    except ConsentRefused as refused:
        field = FIELD_OF.get(refused.code)
        form.add_error(field if field in form.fields else None, said(refused, request))
        return False
    return True


FIELD_OF = {
    "evidence_missing": "evidence",
    "file_empty": "evidence",
    "file_size": "evidence",
    "file_type": "evidence",
    "guardian_missing": "guardian",
    "guardian_too_long": "guardian",
    "too_early": "answered_at",
    "too_late": "answered_at",
    "unknown_method": "method",
}
"""Where on the form a refusal is shown; the others stand above it."""


def _version(request: DeskRequest, versions: list[NoticeVersion]) -> NoticeVersion | None:
    """Return the version that was chosen, else the one that asks for the purpose of the address, else the first."""
    chosen = request.POST.get("version") or request.GET.get("version", "")
    purpose = request.GET.get("purpose", "")
    named_one = [one for one in versions if str(one.pk) == chosen]
    asking = [one for one in versions if purpose in asked_of(one)]
    return next(iter((*named_one, *asking, *versions)), None)


def _preselected(request: DeskRequest, askable: list[PurposeConsent]) -> list[str]:
    """Return the purpose of the address; without one, those that need its field; else all of the first notice."""
    codes = [one.code for one in askable]
    purpose, field = request.GET.get("purpose", ""), request.GET.get("field", "")
    if purpose in codes:
        return [purpose]
    needing = [one.code for one in askable if one.spec and field in one.spec.fields]
    if needing:
        return needing
    first = next((one.version for one in askable), None)
    return [one.code for one in askable if one.version == first]


def _named(found: Customer) -> dict[str, object]:
    return {"ref": found.ref, "number": found.number}
