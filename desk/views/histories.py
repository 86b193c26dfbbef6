"""What one field of a customer held over time."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from access.services.history import field_history
from classification.queries import UnknownField
from customers.models import Customer
from desk.permission import DeskRequest, allowed
from desk.shown_history import states_of


@allowed("customer.open", methods=["GET"])
def value_history(request: DeskRequest, ref: UUID, field: str) -> HttpResponse:
    """Show the values of a field, newest first, each with its origin, decided as on the customer's page."""
    try:
        history = field_history(ref, field, by=request.actor, at=request.at)
    except (Customer.DoesNotExist, UnknownField):
        raise Http404 from None
    facts = {"card": history.card, "value": history.value, "states": states_of(history)}
    return render(request, "desk/customers/history.html", facts)
