"""Stand-ins: who signs for me while I am away, and for whom I sign."""

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import standing_in
from approvals.models import StandIn
from desk.forms_people import reason_field
from desk.forms_requests import moment_field
from desk.permission import DeskRequest, allowed
from desk.proposing import proposed, to_proposal
from staff.services.people import NotAllowed


class StandInForm(forms.Form):
    """Who signs meanwhile, and from when to when."""

    number = forms.CharField(label=gettext_lazy("Staff number of the stand-in"), max_length=32)
    since = moment_field(gettext_lazy("From"))
    until = moment_field(gettext_lazy("Until"))
    reason = reason_field()


@allowed("stand_in.propose", methods=["GET", "POST"])
def stand_ins(request: DeskRequest) -> HttpResponse:
    """Show the stand-ins of today and to come, and propose one for oneself."""
    if request.method == "GET":
        return _page(request, StandInForm())
    form = StandInForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    made, problem = proposed(
        lambda: standing_in.propose_stand_in(**form.cleaned_data, by=request.actor, at=request.at)
    )
    if made:
        return to_proposal(request, made)
    form.add_error(None, problem)
    return _page(request, form, 409)


@allowed("stand_in.propose", methods=["POST"])
def end(request: DeskRequest, id: int) -> HttpResponse:
    """End a stand-in at once."""
    try:
        standing_in.end(id, by=request.actor, at=request.at)
    except (StandIn.DoesNotExist, NotAllowed):
        raise Http404 from None
    messages.success(request, _("Ended. It counts from the next signature."))
    return redirect("desk:stand_ins")


def _page(request: DeskRequest, form: StandInForm, status: int = 200) -> HttpResponse:
    me = request.actor.id
    rows = StandIn.objects.filter(Q(person=me) | Q(stand_in=me), until__gt=request.at, ended_at=None)
    facts = {
        "form": form,
        "rows": [
            {
                "id": one.pk,
                "person": str(one.person),
                "stand_in": str(one.stand_in),
                "since": one.since,
                "until": one.until,
                "mine": one.person_id == me and one.since <= request.at,
            }
            for one in rows.select_related("person", "stand_in")
        ],
    }
    return render(request, "desk/decisions/stand_ins.html", facts, status=status)
