"""The undertaking that everybody signs before work, and who has signed and passed what (S1-19, S1-20, S4-53)."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from desk.forms_duties import SignForm
from desk.handing import hand_copy
from desk.permission import DeskRequest, allowed
from desk.shown_duties import DutiesLine, TextShown
from desk.views.session import next_page
from files.services import NotReadable
from staff import queries, undertakings
from staff.duties import duties_of
from staff.models import Person
from staff.permissions import may
from staff.services import duties as services

ROWS = 50


@allowed("", methods=["GET", "POST"])
def undertaking(request: DeskRequest) -> HttpResponse:
    """Show the text in force, and sign it; or go on without, seeing masks only."""
    person = request.actor.id
    assert person is not None
    if request.method == "POST" and "later" in request.POST:
        services.put_off(request.session, by=request.actor, at=request.at)
        return HttpResponseRedirect(next_page(request))
    by_factor = services.has_factor(person)
    form = SignForm(request.POST if request.method == "POST" else None, by_password=not by_factor)
    if form.is_valid() and (signed := _sign(request, form)):
        return signed
    (held,) = duties_of([person], request.at) or (None,)
    facts = {
        "text": TextShown.of(undertakings.in_force(request.at), get_language() or ""),
        "form": form,
        "by_factor": by_factor,
        "signed": held.signed if held else None,
        "lacks": request.actor.lacking == queries.UNDERTAKING,
        "next": next_page(request),
    }
    return render(request, "desk/duties/undertaking.html", facts, status=422 if form.errors else 200)


def _sign(request: DeskRequest, form: SignForm) -> HttpResponse | None:
    said = form.cleaned_data
    try:
        services.sign(
            request.session,
            seen_hash=said["hash"],
            password=said.get("password", ""),
            by=request.actor,
            at=request.at,
        )
    except services.NotSigned as refused:
        form.add_error("password" if "password" in refused.code else None, not_signed_words(refused.code))
        return None
    messages.success(request, _("Signed. Thank you."))
    return HttpResponseRedirect(next_page(request))


def not_signed_words(code: str) -> str:
    """Say why the undertaking was not signed."""
    return {
        "other_text": _("A new version of the text came into force. Read it, then sign."),
        "wrong_password": _("The password is not right."),
        "too_many": _("Too many wrong passwords. Wait five minutes."),
    }[code]


@allowed("duties.read_own", methods=["GET"])
def duties(request: DeskRequest) -> HttpResponse:
    """Show what this person has signed and passed; to those who answer for others, theirs as well."""
    own = duties_of([request.actor.id] if request.actor.id else [], request.at)
    page = Paginator(_others(request), ROWS).get_page(request.GET.get("page"))
    facts = {
        "own": DutiesLine.of(own[0]) if own else None,
        "page": page,
        "others": [DutiesLine.of(one) for one in duties_of(list(page.object_list), request.at)],
        "may_edit": may(request.actor, "duties.edit"),
    }
    return render(request, "desk/duties/duties.html", facts)


@allowed("duties.read_own", methods=["POST"])
def duty_file(request: DeskRequest, id: UUID) -> HttpResponseBase:
    """Hand a scan or certificate to somebody who may see it. A POST: a look is an act."""
    try:
        return hand_copy(request, lambda: services.show_file(id, by=request.actor, at=request.at))
    except NotReadable:
        messages.error(request, _("This file is kept no longer."))
        return redirect("desk:duties")
    except LookupError:
        raise Http404 from None


def _others(request: DeskRequest) -> list[UUID]:
    """Return whose duties this person may read: everybody's, the team's, or nobody's else."""
    actor, at = request.actor, request.at
    working = Person.objects.working(at).order_by("number")
    if not may(actor, "duties.read_all"):
        led = queries.people_led_by(actor, at) if may(actor, "duties.read_team") else ()
        working = working.filter(pk__in=led)
    return [pk for pk in working.values_list("pk", flat=True) if pk != actor.id]
