"""Who this organisation is: what every notice names. Read by those who govern, written by two of their roles."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from desk.forms_organisation import OrganisationForm
from desk.permission import DeskRequest, allowed
from staff.models import Person
from staff.permissions import may
from staff.queries import organisation as held
from staff.services.organisation import set_organisation


@allowed("organisation.read", methods=["GET"])
def organisation(request: DeskRequest) -> HttpResponse:
    """Show the organisation as customers are told of it, with the form for those who may change it."""
    return _page(request, OrganisationForm(at=request.at, held=held()))


@allowed("organisation.edit", methods=["POST"])
def organisation_set(request: DeskRequest) -> HttpResponse:
    """Write down who the organisation is."""
    form = OrganisationForm(request.POST, at=request.at, held=held())
    if not form.is_valid():
        return _page(request, form, status=422)
    set_organisation(form.said(), by=request.actor, at=request.at)
    messages.success(request, _("Written down. New notices will name it."))
    return redirect("desk:organisation")


def _page(request: DeskRequest, form: OrganisationForm, *, status: int = 200) -> HttpResponse:
    found = held()
    facts = {
        "organisation": found,
        "account": Person.objects.filter(pk=found.officer_id).first() if found and found.officer_id else None,
        "form": form,
        "may_edit": may(request.actor, "organisation.edit"),
    }
    return render(request, "desk/organisation/organisation.html", facts, status=status)
