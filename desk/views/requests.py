"""Usage requests: mine and my people's, asking with everything said at once, one request with its use, its file."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from access import export_files
from access.models import Export, UsageRequest
from access.models.requests import FILTER, MOST_CUSTOMERS, ONE
from access.queries import requests as asked
from access.queries.requests import Asked
from access.requests import L4, Checked, Draft
from access.services import deliver, export, requests
from access.services.reveal import Refused as NotOpened
from approvals.services import NobodyCanSign
from classification.purposes import purposes_for
from classification.queries import catalogue
from customers.models import Customer
from customers.problems import Problem, Refused
from customers.queries import portfolios_seen_by, visible_to
from desk import shown_requests as said
from desk.forms_requests import RequestForm, RevokeForm, TextForm
from desk.handing import hand_copy
from desk.permission import DeskRequest, PageClosed, allowed
from desk.views.customers import fetch as fetch_customer
from desk.views.reveals import refusal
from files.deposits import NotAccepted
from files.models import MAX_DEPOSIT_BYTES
from files.services import NotReadable
from staff.permissions import may
from staff.services.people import NotAllowed

SHOWN_EXPORTS = 10
FORM_FIELDS = {"fields": "fields_asked", "customers": "selection"}
"""Where a problem of a draft stands on the form."""


@allowed("request.ask", methods=["GET"])
def mine(request: DeskRequest) -> HttpResponse:
    """List what this person asked for, and what is in force among the people they answer for."""
    at = request.at
    facts = {
        "mine": said.lines(asked.of_person(request.actor.id, at), at),
        "team": said.lines(asked.of_team(request.actor, at), at),
        "leads": may(request.actor, "trail.team"),
    }
    return render(request, "desk/requests/requests.html", facts)


@allowed("request.ask", methods=["GET", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    """Ask: check the draft as often as wanted, then lay it before those who sign."""
    one = _one_customer(request)
    former = _former(request)
    if request.method == "GET":
        return _form_page(request, _form(request, one, former), one)
    form = _form(request, one, former, sent=True)
    if not form.is_valid():
        return _form_page(request, form, one, status=422)
    draft = _draft(request, form, one, former)
    found = asked.check(draft, by=request.actor, at=request.at)
    for problem in found.problems:
        _tell(form, problem)
    if found.problems or "check" in request.POST:
        return _form_page(request, form, one, found, status=422 if found.problems else 200)
    try:
        given = [file.read(MAX_DEPOSIT_BYTES + 1) for file in form.cleaned_data["attachments"]]
        row = requests.ask(draft, attachments=given, by=request.actor, at=request.at)
    except NotAccepted:
        form.add_error("attachments", _("Choose a PDF, PNG or JPEG of at most 10 MB."))
        return _form_page(request, form, one, found, status=422)
    except NobodyCanSign:
        form.add_error(None, _("Nobody could sign this now. Ask the security manager to name a head."))
        return _form_page(request, form, one, found, status=409)
    messages.success(
        request, _("Usage request %(number)s waits for its signatures.") % {"number": _number(row)}
    )
    return redirect("desk:request", id=row.pk)


@allowed("", methods=["GET"])
def one(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show one request: its scope, its time, what was used of what was asked."""
    return _page(request, _visible(request, id))


@allowed("", methods=["POST"])
def attachment(request: DeskRequest, id: UUID, number: int) -> HttpResponseBase:
    """Hand an attachment to somebody who sees the request. A POST: a look is an act."""
    try:
        return hand_copy(
            request, lambda: requests.show_attachment(id, number, by=request.actor, at=request.at)
        )
    except UsageRequest.DoesNotExist:
        raise Http404 from None
    except NotReadable:
        messages.error(request, _("Attachments are kept for a week; this one is gone."))
        return redirect("desk:request", id=id)


@allowed("", methods=["POST"])
def revoke(request: DeskRequest, id: UUID) -> HttpResponse:
    """End a grant at once."""
    found = _visible(request, id)
    form = RevokeForm(request.POST)
    if not form.is_valid():
        return _page(request, found, _("Say why it ends; its holder reads it."), status=422)
    try:
        requests.revoke(id, reason=form.cleaned_data["reason"], by=request.actor, at=request.at)
    except NotAllowed:
        raise PageClosed("request.revoke") from None
    except Refused:
        return _page(request, found, said.problem_words("", "not_in_force", {}), status=409)
    messages.success(request, _("Revoked. It counts from the next read."))
    return redirect("desk:request", id=id)


@allowed("request.ask", methods=["POST"])
def make_file(request: DeskRequest, id: UUID) -> HttpResponse:
    """Make the file that a grant allows; its password is shown here once and kept nowhere."""
    found = _visible(request, id)
    format = request.POST.get("format", export_files.XLSX)
    if format not in export_files.WRITERS:
        raise Http404
    try:
        handed = export.export_granted(id, format, by=request.actor, at=request.at)
    except (UsageRequest.DoesNotExist, export.NotAllowed):
        raise Http404 from None
    except export.GrantRefused as refused:
        return _page(request, found, said.refused_export_words(refused.state), status=409)
    except export.NothingToExport:
        return _page(request, found, _("Nothing that it covers opens now."), status=409)
    return _page(request, _visible(request, id), password=handed.password)


@allowed("request.ask", methods=["POST"])
def fetch_file(request: DeskRequest, id: UUID, export_id: UUID) -> HttpResponseBase:
    """Hand the archive out, once."""
    try:
        fetched = export.fetch(export_id, by=request.actor, at=request.at)
    except Export.DoesNotExist:
        raise Http404 from None
    except export.NotFetchable as refused:
        messages.error(request, said.not_fetched_words(refused.code))
        return redirect("desk:request", id=id)
    answer = StreamingHttpResponse(fetched.chunks, content_type=fetched.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{fetched.name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@allowed("customer.reveal", methods=["GET", "POST"])
def write(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Mail a text to a customer's address, without showing the address."""
    customer = fetch_customer(request, ref)
    facts: dict[str, object] = {"ref": ref, "number": customer.number}
    if request.method == "GET":
        return render(request, "desk/requests/write.html", facts | {"form": TextForm()})
    form = TextForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            deliver.text(ref, **form.cleaned_data, by=request.actor, at=request.at)
        except deliver.TextRefused as refused:
            form.add_error(None, _text_words(refused.code))
        except NotOpened as refused:
            facts |= {"refused": True, **refusal(refused.decision, ref, deliver.ADDRESS)}
            status = 403
        except deliver.NotSent:
            form.add_error(
                None, _("The mail server did not take it. The attempt is recorded; try again later.")
            )
            status = 502
        else:
            messages.success(request, _("Sent to the address that is held."))
            return redirect("desk:customer", ref=ref)
    return render(request, "desk/requests/write.html", facts | {"form": form}, status=status)


def _text_words(code: str) -> str:
    return {
        "no_address": _("No e-mail address is held for this customer."),
        "text_missing": _("Write a subject and a text."),
        "text_too_long": _("The text is too long."),
    }[code]


def _one_customer(request: DeskRequest) -> Customer | None:
    """Return the customer from whose page the form was opened; out of reach is none."""
    given = request.POST.get("customer") or request.GET.get("customer", "")
    try:
        ref = UUID(given)
    except ValueError:
        return None
    return visible_to(request.actor, request.at).filter(ref=ref).first()


def _former(request: DeskRequest) -> UsageRequest | None:
    """Return the own request that this one extends."""
    given = request.POST.get("extends") or request.GET.get("extends", "")
    try:
        found = UsageRequest.objects.filter(pk=UUID(given)).first()
    except ValueError:
        return None
    return found if found and found.applicant_id == request.actor.id else None


def _form(
    request: DeskRequest, one: Customer | None, former: UsageRequest | None, sent: bool = False
) -> RequestForm:
    purposes = purposes_for(request.actor.roles, request.at)
    needed = {code for purpose in purposes for code in purpose.fields}
    usual = RequestForm.usual(request.at)
    if one is not None:
        usual |= {"selection": ONE}
    usual |= {
        "purpose": request.GET.get("purpose", ""),
        "fields_asked": [field] if (field := request.GET.get("field", "")) else [],
    }
    if former is not None:
        usual |= {
            "purpose": former.purpose,
            "scenario": former.scenario,
            "fields_asked": former.fields,
            "output": former.output,
            "numbers": "\n".join(_numbers(request, former.customers)),
        }
    return RequestForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        purposes=purposes,
        fields=sorted(
            (spec for spec in catalogue(request.at).fields if spec.level < L4 and spec.code in needed),
            key=lambda spec: -spec.level,  # what a role does not see anyway comes first
        ),
        portfolios=portfolios_seen_by(request.actor, request.at),
        one=one is not None,
        initial=usual,
    )


def _numbers(request: DeskRequest, refs: Iterable[UUID]) -> list[str]:
    found = visible_to(request.actor, request.at).filter(ref__in=list(refs)).order_by("number")
    return list(found.values_list("number", flat=True))


def _draft(
    request: DeskRequest, form: RequestForm, one: Customer | None, former: UsageRequest | None
) -> Draft:
    given = form.cleaned_data
    return Draft(
        purpose=given["purpose"],
        scenario=given["scenario"],
        fields=tuple(given["fields_asked"]),
        customers=tuple(_chosen(request, form, one)),
        selection=given["selection"],
        starts_at=given["starts_at"],
        ends_at=given["ends_at"],
        output=given["output"],
        uses=given["uses"],
        exclude=given["without"] == "exclude",
        justification=given["justification"],
        reason=given["reason"],
        extends=former.pk if former else None,
    )


def _chosen(request: DeskRequest, form: RequestForm, one: Customer | None) -> list[UUID]:
    """Return the customers chosen; a number that is unknown or out of reach becomes one that is found nowhere."""
    given, reach = form.cleaned_data, visible_to(request.actor, request.at)
    if given["selection"] == ONE:
        return [one.ref] if one else []
    if given["selection"] == FILTER:
        if not given["portfolio"]:
            return []
        rows = reach.filter(portfolio=given["portfolio"])
        rows = rows.filter(tier=given["tier"]) if given["tier"] else rows
        return list(rows.order_by("number").values_list("ref", flat=True)[: MOST_CUSTOMERS + 1])
    numbers = set(form.numbers_given())
    found = list(reach.filter(number__in=numbers).values_list("ref", flat=True))
    unknown = len(numbers) - len(found)
    return [*found, *(UUID(int=number) for number in range(1, unknown + 1))]


def _tell(form: RequestForm, problem: Problem) -> None:
    name = FORM_FIELDS.get(problem.field, problem.field)
    form.add_error(
        name if name in form.fields else None,
        said.problem_words(problem.field, problem.code, problem.params),
    )


def _form_page(
    request: DeskRequest,
    form: RequestForm,
    one: Customer | None,
    found: Checked | None = None,
    status: int = 200,
) -> HttpResponse:
    facts = {
        "form": form,
        "one": {"ref": one.ref, "number": one.number} if one else None,
        "extends": former.pk if (former := _former(request)) else "",
        "checked": said.checked_shown(found) if found else None,
        "sound": found is not None and not found.problems,
    }
    return render(request, "desk/requests/new.html", facts, status=status)


def _visible(request: DeskRequest, id: UUID) -> Asked:
    found = asked.visible(request.actor, id, request.at)
    if found is None:
        raise Http404
    return found


def _page(
    request: DeskRequest, found: Asked, problem: str = "", *, status: int = 200, password: str = ""
) -> HttpResponse:
    mine = found.row.applicant_id == request.actor.id
    exports = Export.objects.filter(request=found.row)[:SHOWN_EXPORTS] if mine else ()
    facts = {
        "request_shown": said.shown(found, request.actor, request.at),
        "problem": problem,
        "password": password,
        "exports": [
            {
                "id": one.pk,
                "rows": one.rows,
                "at": one.created_at,
                "until": one.keep_until,
                "waits": one.fetched_at is None and request.at < one.keep_until,
            }
            for one in exports
        ],
    }
    return render(request, "desk/requests/request.html", facts, status=status)


def _number(row: UsageRequest) -> int:
    return UsageRequest.objects.values_list("number", flat=True).get(pk=row.pk)
