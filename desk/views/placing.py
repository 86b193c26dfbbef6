"""Where one customer stands: propose another portfolio, tier or person; take a single customer away at once."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from access.queries.placing import Standing, standing_of, waiting_about
from access.services import rights
from approvals.models import Proposal
from approvals.queries import may_sign
from customers.models import tiers
from desk.forms_placing import PlacingForm
from desk.permission import DeskRequest, allowed
from desk.proposing import proposed, to_proposal
from desk.shown_decisions import ProposalLine
from staff.services.people import NothingToTake


@allowed("customer.move", methods=["GET"])
def placing(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Show portfolio, tier and who serves this customer singly, and what waits for a signature."""
    return _page(request, _standing(request, ref))


@allowed("customer.move", methods=["POST"])
def placing_propose(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Propose a move, a tier, or one person for this customer; the head of the department signs."""
    standing = _standing(request, ref)
    form = PlacingForm(request.POST, standing=standing)
    if not form.is_valid():
        return _page(request, standing, form, status=422)
    said = form.cleaned_data
    base = {"customer": ref, "reason": said["reason"], "by": request.actor, "at": request.at}
    acts: dict[str, Callable[[], Proposal]] = {
        "move": lambda: rights.propose_customer_move(portfolio=said["portfolio"], **base),
        "tier": lambda: rights.propose_customer_tier(tier=said["tier"], **base),
        "give": lambda: rights.propose_customer(person=UUID(said["person"]), **base),
    }
    made, problem = proposed(acts[said["what"]])
    if made:
        return to_proposal(request, made)
    form.add_error(None, problem)
    return _page(request, standing, form, status=409)


@allowed("customer.move", methods=["POST"])
def placing_take(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Take this single customer from a person, at once."""
    _standing(request, ref)
    try:
        person = UUID(request.POST.get("person", ""))
    except ValueError:
        raise Http404 from None
    try:
        rights.take_customer(person=person, customer=ref, by=request.actor, at=request.at)
    except NothingToTake:
        messages.warning(request, _("That is so already; nothing was changed."))
    else:
        messages.success(request, _("Taken away. It counts from the next request of this person."))
    return redirect("desk:placing", ref=ref)


def _standing(request: DeskRequest, ref: UUID) -> Standing:
    found = standing_of(request.actor, ref, request.at)
    if found is None:
        raise Http404
    return found


def _page(
    request: DeskRequest, standing: Standing, form: PlacingForm | None = None, *, status: int = 200
) -> HttpResponse:
    facts = {
        "standing": standing,
        "tier": dict(tiers()).get(standing.tier, standing.tier),
        "form": form or PlacingForm(standing=standing),
        "waiting": _waiting(request, standing),
    }
    return render(request, "desk/placing/placing.html", facts, status=status)


def _waiting(request: DeskRequest, standing: Standing) -> list[tuple[ProposalLine, bool]]:
    """Return what waits about this customer, and whether this person may open it."""
    rows = waiting_about(standing.ref, request.at)
    lines = ProposalLine.of_all(rows, request.at)
    return [
        (line, row.proposer_id == request.actor.id or may_sign(request.actor, row, request.at))
        for line, row in zip(lines, rows, strict=True)
    ]
