"""What one field of a customer held over time, and what proved its source where that was not the customer."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from access.services.history import field_history
from classification.queries import UnknownField
from customers.models import Customer
from customers.proofs import proof_of
from customers.queries import visible_to
from desk import texts
from desk.permission import DeskRequest, allowed
from desk.shown_history import states_of
from vault.opening import CannotOpen


@allowed("customer.open", methods=["GET"])
def value_history(request: DeskRequest, ref: UUID, field: str) -> HttpResponse:
    """Show the values of a field, newest first, each with its origin, decided as on the customer's page."""
    try:
        history = field_history(ref, field, by=request.actor, at=request.at)
    except (Customer.DoesNotExist, UnknownField):
        raise Http404 from None
    facts = {"card": history.card, "value": history.value, "states": states_of(history)}
    return render(request, "desk/customers/history.html", facts)


@allowed("customer.open", methods=["GET"])
def value_proof(request: DeskRequest, ref: UUID, field: str, id: UUID) -> HttpResponse:
    """Show what proved the source of a value, to whoever may read typed words; reading them is an event."""
    customer = visible_to(request.actor, request.at).filter(ref=ref).first()
    text = proof_of(customer, field, id) if customer else None
    if customer is None or text is None or not texts.may_read(text, request.actor, request.at):
        raise Http404
    facts: dict[str, object] = {"ref": ref, "field": field, "at": text.created_at, "number": customer.number}
    try:
        facts["text"] = texts.read(text, by=request.actor, at=request.at)
    except CannotOpen:
        facts["gone"] = True
    return render(request, "desk/customers/proof.html", facts)
