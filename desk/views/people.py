"""People and what they hold: giving is proposed here, taking away works at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from access.services import rights
from approvals import queries as approvals
from approvals.models import Proposal
from desk.forms_people import NewPersonForm, RightForm, period_end
from desk.permission import DeskRequest, allowed
from desk.proposing import proposed, to_proposal
from desk.shown_decisions import ProposalLine
from desk.shown_people import PersonShown, person_shown, roster
from staff.models import Department, Person
from staff.permissions import may
from staff.queries import FROZEN
from staff.services import people as taking
from trail.actor import Actor


@allowed("people.read", methods=["GET"])
def people(request: DeskRequest) -> HttpResponse:
    """List everybody with roles, department and state."""
    gone, frozen = request.GET.get("left") == "1", request.GET.get("state") == FROZEN
    days = request.GET.get("days", "")
    since = request.at - timedelta(days=int(days)) if gone and days.isdecimal() and len(days) < 4 else None
    lines = roster(request.at, gone=gone, since=since)
    facts = {
        "people": [line for line in lines if line.state == FROZEN or not frozen],
        "gone": gone,
        "frozen": frozen,
        "days": days if since else "",
    }
    return render(request, "desk/people/people.html", facts)


@allowed("people.propose", methods=["GET", "POST"])
def person_new(request: DeskRequest) -> HttpResponse:
    """Propose a new person with everything they start with."""
    form = NewPersonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = form.cleaned_data

        def propose() -> Proposal:
            return rights.propose_person(
                number=said["number"],
                name=said["name"],
                department=said["department"].code,
                roles=said["roles"],
                portfolios=[one.code for one in said["portfolios"]],
                email=said["email"],
                valid_until=period_end(said["valid_until"]),
                reason=said["reason"],
                by=request.actor,
                at=request.at,
            )

        made, problem = proposed(propose)
        if made:
            return to_proposal(request, made)
        form.add_error(None, problem)
    return render(request, "desk/people/new.html", {"form": form}, status=422 if form.errors else 200)


@allowed("people.read", methods=["GET"])
def person(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show one person: what they hold, what was proposed about them, and the acts open to the reader."""
    return _page(request, _person(id))


@allowed("people.propose", methods=["POST"])
def person_propose(request: DeskRequest, id: UUID) -> HttpResponse:
    """Propose a role, headship, portfolio, move, change or reset."""
    found = _person(id)
    form = RightForm(request.POST, person=found)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    said = form.cleaned_data
    base = {"person": id, "reason": said["reason"], "by": request.actor, "at": request.at}
    acts: dict[str, Callable[[], Proposal]] = {
        "role": lambda: rights.propose_role(role=said["role"], until=period_end(said["until"]), **base),
        "headship": lambda: rights.propose_headship(department=said["department"].code, **base),
        "move": lambda: rights.propose_move(department=said["department"].code, **base),
        "portfolio": lambda: rights.propose_portfolio(portfolio=said["portfolio"].code, **base),
        "change": lambda: rights.propose_change(email=said["email"], valid_until=form.end_of(found), **base),
        "password": lambda: rights.propose_password_reset(**base),
        "factor": lambda: rights.propose_factor_reset(**base),
    }
    made, problem = proposed(acts[said["what"]])
    if made:
        return to_proposal(request, made)
    form.add_error(None, problem)
    return _page(request, found, form, status=409)


@allowed("people.take_away", methods=["POST"])
def person_take(request: DeskRequest, id: UUID) -> HttpResponse:
    """Take a role, headship or portfolio away, or write down that the person left: at once."""
    found = _person(id)
    what, which = request.POST.get("what", ""), request.POST.get("which", "")
    try:
        _take(found, what, which, by=request.actor, at=request.at)
    except taking.NothingToTake:
        messages.warning(request, _("That is so already; nothing was changed."))
    else:
        messages.success(request, _("Taken away. It counts from the next request of this person."))
    return redirect("desk:person", id=id)


@allowed("person.freeze", methods=["POST"])
def person_freeze(request: DeskRequest, id: UUID) -> HttpResponse:
    """Stop a person at once: sessions, links and jobs end."""
    found = _person(id)
    if found.pk == request.actor.id:
        messages.error(request, _("Nobody freezes themselves; log out instead."))
        return redirect("desk:person", id=id)
    try:
        taking.freeze(found.pk, by=request.actor, at=request.at)
    except taking.NothingToTake:
        messages.warning(request, _("This person is frozen already."))
    else:
        messages.success(request, _("Frozen. Sessions, links and jobs have ended; two people undo it."))
    return redirect("desk:person", id=id)


@allowed("person.unfreeze_propose", methods=["POST"])
def person_unfreeze(request: DeskRequest, id: UUID) -> HttpResponse:
    """Propose to end a freeze."""
    found = _person(id)
    reason = request.POST.get("reason", "").strip()[:2000]
    made, problem = proposed(
        lambda: rights.propose_unfreeze(person=id, reason=reason, by=request.actor, at=request.at)
    )
    if made:
        return to_proposal(request, made)
    messages.error(request, problem)
    return redirect("desk:person", id=found.pk)


def _take(found: Person, what: str, which: str, *, by: Actor, at: datetime) -> None:
    if what == "role":
        taking.take_role(found.pk, which, by=by, at=at)
    elif what == "headship":
        department = Department.objects.filter(code=which).first()
        if department is None:
            raise Http404
        taking.take_headship(found.pk, department, by=by, at=at)
    elif what == "portfolio":
        rights.take_portfolio(person=found.pk, portfolio=which, by=by, at=at)
    elif what == "leave" and found.pk != by.id:
        rights.leave(found.pk, by=by, at=at)
    else:
        raise Http404


def _person(id: UUID) -> Person:
    found = Person.objects.select_related("department").filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _page(
    request: DeskRequest, found: Person, form: RightForm | None = None, *, status: int = 200
) -> HttpResponse:
    shown: PersonShown = person_shown(found, request.at)
    facts = {
        "person": shown,
        "form": form or RightForm(person=found),
        "may_give": may(request.actor, "people.propose") and found.pk != request.actor.id,
        "may_take": may(request.actor, "people.take_away"),
        "may_freeze": may(request.actor, "person.freeze") and found.pk != request.actor.id,
        "may_unfreeze": may(request.actor, "person.unfreeze_propose"),
        "proposals": ProposalLine.of_all(approvals.history_of(found.pk)[:30], request.at),
    }
    return render(request, "desk/people/person.html", facts, status=status)
