"""Explain: why a person sees what they see of a customer, with every rule tried and no value."""

from django.http import HttpResponse
from django.shortcuts import render

from access.events import DECISION_EXPLAINED
from access.queries.explain import UnknownPerson, explain
from classification.purposes import purposes
from customers import finding
from customers.models import Customer
from desk.forms_explain import ExplainForm
from desk.permission import DeskRequest, allowed
from trail import services as trail


@allowed("explain.read", methods=["GET", "POST"])
def page(request: DeskRequest) -> HttpResponse:
    """Ask for a staff number and a customer number; both travel in the body, and the answer is recorded."""
    known = [(one.code, one.name) for one in purposes(request.at).values()]
    form = ExplainForm(request.POST if request.method == "POST" else None, purposes=known)
    found = None
    if form.is_valid():
        said = form.cleaned_data
        ref = finding.ref_of_number(said["customer"])
        number = finding.numbers_of([ref]).get(ref, "") if ref else ""
        try:
            found = explain(
                said["person"].strip(),
                number,
                request.at,
                in_contact=said["in_contact"],
                with_reason=said["with_reason"],
                zone=said["zone"].strip(),
                purpose=said["purpose"] if said["in_contact"] else "",
            )
        except UnknownPerson:
            form.unknown_person()
        except Customer.DoesNotExist:
            form.unknown_customer()
        if found is not None:
            trail.record(
                DECISION_EXPLAINED,
                by=request.actor,
                at=request.at,
                facts={
                    "person": str(found.person.id),
                    "customer": str(found.customer),
                    "reached": sorted(found.reached_as),
                },
            )
    return render(
        request,
        "desk/explain/explain.html",
        {"form": form, "found": found},
        status=422 if form.errors else 200,
    )
