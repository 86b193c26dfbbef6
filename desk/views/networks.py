"""Sites and networks: from where requests come, where the reader is now, and the proposal of a change."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from access.proposals.networks import KIND, WORDS
from access.services import networks as changing
from approvals.models import Proposal
from desk.forms_networks import NetworkForm
from desk.permission import DeskRequest, allowed
from desk.proposing import proposed, to_proposal
from desk.shown_decisions import ProposalLine
from staff.models import Network, Site
from staff.permissions import may
from staff.queries import site_of


@allowed("rules.read", methods=["GET"])
def networks(request: DeskRequest) -> HttpResponse:
    """Show sites with their networks, and in which of them this request fell."""
    return _page(request, NetworkForm(initial=_chosen(request)))


@allowed("networks.edit", methods=["POST"])
def network_propose(request: DeskRequest) -> HttpResponse:
    """Propose a change of a network or a site; a data security officer signs."""
    form = NetworkForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    made, problem = proposed(
        lambda: changing.propose_change(
            **form.change(), reason=form.cleaned_data["reason"], by=request.actor, at=request.at
        )
    )
    if made:
        return to_proposal(request, made)
    form.add_error(None, problem)
    return _page(request, form, status=409)


def _chosen(request: DeskRequest) -> dict[str, object]:
    """Return what the form starts with: one network of the list, to be changed or removed."""
    which, act = request.GET.get("network", ""), request.GET.get("act", "")
    if not which:
        return {}
    found = Network.objects.select_related("site").filter(pk=which).first() if which.isdecimal() else None
    if found is None or act not in WORDS:
        raise Http404
    return NetworkForm.initial_of(found, act)


def _page(request: DeskRequest, form: NetworkForm, *, status: int = 200) -> HttpResponse:
    here = site_of(request.client_ip)
    waiting = Proposal.objects.waiting(request.at).filter(kind=KIND).order_by("proposed_at")
    facts = {
        "networks": Network.objects.select_related("site").order_by("site__code", "cidr"),
        "bare": Site.objects.filter(networks__isnull=True),
        "ip": request.client_ip,
        "here": here,
        "form": form,
        "may_propose": may(request.actor, "networks.edit"),
        "waiting": ProposalLine.of_all(waiting, request.at) if may(request.actor, "people.read") else [],
    }
    return render(request, "desk/networks/networks.html", facts, status=status)
