"""Reveal and compare: the acts that answer about one value. Never cached, never in an address."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from access import words
from access.policy import CONSENT, GRANT, Decision, Step
from access.queries.requests import for_customer as grants_of
from access.services import compare as compares
from access.services import reveal as reveals
from access.services.break_glass import can_break
from classification.queries import UnknownField
from customers.models import Customer
from desk.permission import DeskRequest, allowed
from desk.shown_requests import lines as grant_lines
from staff.permissions import may
from vault.opening import CannotOpen


@allowed("customer.reveal", methods=["POST"])
def reveal(request: DeskRequest, ref: UUID, field: str) -> HttpResponse:
    """Show one value in the clear for a minute, or say in words why not and what would help."""
    facts: dict[str, object] = {"ref": ref, "field": field, "fold": request.POST.get("fold", "")}
    try:
        shown = reveals.reveal(
            ref, field, reason=request.POST.get("reason", ""), by=request.actor, at=request.at
        )
    except (Customer.DoesNotExist, UnknownField, reveals.NothingHeld):
        raise Http404 from None
    except CannotOpen:
        return answer(request, "desk/customers/_cannot_open.html", facts, 409)
    except reveals.ReasonTooLong:
        facts["problem"] = _("Give the reason in one line of at most 500 characters.")
        return answer(request, "desk/customers/_reason.html", facts, 422)
    except reveals.ReasonNeeded as needed:
        facts |= refusal(needed.decision, ref, field)
        return answer(request, "desk/customers/_reason.html", facts, 200)
    except reveals.Refused as refused:
        facts |= refusal(refused.decision, ref, field)
        facts["emergency"] = can_break(refused.decision, refused.level, request.actor)
        return answer(request, "desk/customers/_reveal_refused.html", facts, 403)
    facts |= {"text": shown.text, "seconds": shown.seconds, "label": shown.label}
    if shown.decision.by_grant:  # a use is gone: the strip on top says how many are left
        facts["grants"] = grant_lines(grants_of(request.actor, ref, request.at), request.at)
    return answer(request, "desk/customers/_value_revealed.html", facts, 200)


@allowed("customer.compare", methods=["POST"])
def compare(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Say whether what the customer says is right."""
    field, said = request.POST.get("field", ""), request.POST.get("said", "").strip()
    facts: dict[str, object] = {"ref": ref}
    if not said:
        facts["problem"] = _("Type what the customer says.")
        return answer(request, "desk/customers/_compared.html", facts, 422)
    try:
        facts["answer"] = compares.compare(ref, field, said, by=request.actor, at=request.at)
    except (Customer.DoesNotExist, UnknownField, reveals.NothingHeld, compares.NotComparable):
        raise Http404 from None
    except compares.SaidTooLong:
        facts["problem"] = _("That is too long to be a value.")
        return answer(request, "desk/customers/_compared.html", facts, 422)
    except compares.TooManyWrong:
        facts |= {"stopped": True, "may_allow": may(request.actor, "customer.compare_more")}
        return answer(request, "desk/customers/_compared.html", facts, 429)
    except reveals.Refused as refused:
        facts |= refusal(refused.decision, ref, field)
        return answer(request, "desk/customers/_reveal_refused.html", facts, 403)
    return answer(request, "desk/customers/_compared.html", facts, 200)


@allowed("customer.compare_more", methods=["POST"])
def compare_more(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Take a supervisor's tap: three more wrong answers for this customer today."""
    facts: dict[str, object] = {"ref": ref}
    try:
        facts["allowed"] = compares.allow_more(ref, by=request.actor, at=request.at)
    except Customer.DoesNotExist:
        raise Http404 from None
    except compares.TapRefused as refused:
        facts["problem"] = tap_words(refused.code)
        return answer(request, "desk/customers/_compared.html", facts, 409)
    return answer(request, "desk/customers/_compared.html", facts, 200)


def tap_words(code: str) -> str:
    """Say why more compares cannot be allowed."""
    return {
        "not_needed": _("There are wrong answers left today; nothing needs to be allowed."),
        "own_compares": _("Wrong answers of today are your own: another supervisor has to allow more."),
        "not_allowed": _("Your role does not allow more compares."),
    }[code]


def refusal(decision: Decision, ref: UUID, field: str) -> dict[str, object]:
    """Return a refusal in words: reason, rule, clause, and the step that would change it."""
    return {
        "why": words.why(decision),
        "rule": words.rule(decision),
        "clause": words.clause(decision),
        "next_step": words.next_step(decision),
        "step": decision.next_step.value,
        "purpose": decision.consent.purpose,
        "offers_request": decision.grantable and decision.next_step != Step.CHANGE_PURPOSE,
        "grant_purpose": decision.grant.purpose,
        "ref": ref,
        "offers_compare": bool({CONSENT, GRANT} & set(decision.missing)),
        "offers_contact": decision.next_step == Step.START_CONTACT,
        "customer_url": reverse("desk:customer", args=[ref]),
        "field": field,
    }


def answer(request: HttpRequest, template: str, facts: dict[str, object], status: int) -> HttpResponse:
    """Answer with the fragment alone for htmx, inside a whole page for a browser without scripts."""
    if getattr(request, "htmx", False):
        return render(request, template, facts, status=status)
    return render(request, "desk/customers/answer.html", facts | {"fragment": template}, status=status)
