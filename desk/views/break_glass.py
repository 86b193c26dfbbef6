"""Break-glass: one value in an emergency, and the list that somebody else reviews within a day."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from access.models import BreakGlass, BreakGlassReview
from access.queries.break_glass import readable_by
from access.services import break_glass as breaking
from access.services import reveal as reveals
from classification.queries import UnknownField
from customers.models import Customer
from desk import texts
from desk.customer_pages import numbers_found
from desk.permission import DeskRequest, allowed
from desk.shown_break_glass import emergencies as shown_emergencies
from desk.views.reveals import answer, refusal
from files.models import SealedText
from staff.permissions import may
from vault.opening import CannotOpen

ROWS = 50


@allowed("break_glass.use", methods=["POST"])
def emergency(request: DeskRequest, ref: UUID, field: str) -> HttpResponse:
    """Show one value in an emergency for a minute; everybody who was passed over is told."""
    facts: dict[str, object] = {"ref": ref, "field": field, "fold": request.POST.get("fold", "")}
    reason = request.POST.get("reason", "")
    try:
        shown = breaking.show(ref, field, reason=reason, by=request.actor, at=request.at)
    except (Customer.DoesNotExist, UnknownField, reveals.NothingHeld):
        raise Http404 from None
    except CannotOpen:
        return answer(request, "desk/customers/_cannot_open.html", facts, 409)
    except breaking.NotAnEmergency as refused:
        facts["problem"] = not_an_emergency_words(refused.code)
        return answer(request, "desk/break_glass/_not_shown.html", facts, 409)
    except reveals.Refused as refused:
        facts |= refusal(refused.decision, ref, field)
        return answer(request, "desk/customers/_reveal_refused.html", facts, 403)
    facts |= {"text": shown.text, "seconds": shown.seconds, "label": shown.label}
    return answer(request, "desk/customers/_value_revealed.html", facts, 200)


@allowed("break_glass.read", methods=["GET"])
def emergencies(request: DeskRequest) -> HttpResponse:
    """List the emergencies that this person may read: first those that wait for a review, the oldest of them first."""
    readable = readable_by(request.actor, request.at).order_by(F("review__at").desc(nulls_first=True), "at")
    page = Paginator(readable, ROWS).get_page(request.GET.get("page"))
    found = list(page)
    numbers = numbers_found(request.actor, request.at, [one.customer for one in found])
    reads = may(request.actor, "break_glass.review")
    rows = shown_emergencies(found, numbers, reads=reads, by=request.actor, at=request.at)
    return render(request, "desk/break_glass/emergencies.html", {"page": page, "rows": rows})


@allowed("break_glass.review", methods=["POST"])
def emergency_review(request: DeskRequest, id: UUID) -> HttpResponse:
    """Say whether an emergency was one."""
    justified, words = request.POST.get("justified") == "yes", request.POST.get("words", "")
    try:
        breaking.review(id, justified=justified, words=words, by=request.actor, at=request.at)
    except BreakGlass.DoesNotExist:
        raise Http404 from None
    except breaking.NotReviewed as refused:
        messages.error(request, not_reviewed_words(refused.code))
    else:
        messages.success(request, _("Reviewed. Whoever used it has been told."))
    return redirect("desk:emergencies")


@allowed("break_glass.read", methods=["GET"])
def emergency_words(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show what the reviewer wrote, to whoever used it and to the others who may read it; reading it is an event."""
    review = BreakGlassReview.objects.filter(use__in=readable_by(request.actor, request.at), pk=id).first()
    text = SealedText.objects.filter(pk=review.words).first() if review else None
    if review is None or text is None or not texts.may_read(text, request.actor, request.at):
        raise Http404
    facts: dict[str, object] = {"review": review}
    try:
        facts["text"] = texts.read(text, by=request.actor, at=request.at)
    except CannotOpen:
        facts["gone"] = True
    return render(request, "desk/break_glass/words.html", facts)


def not_an_emergency_words(code: str) -> str:
    """Say why nothing was shown as an emergency."""
    return {
        "level": _("Only sensitive values (L3) are shown in an emergency."),
        "allowed_anyway": _("The rules show you this value already: reveal it in the ordinary way."),
        "no_reason": _("Say in one line what the emergency is."),
        "too_long": _("Give the reason in one line of at most 500 characters."),
    }[code]


def not_reviewed_words(code: str) -> str:
    """Say why a review does not count."""
    return {
        "own": _("Somebody else has to review your own emergency."),
        "done": _("Somebody has reviewed this already."),
        "no_words": _("Say in one line why."),
        "too_long": _("Give the reason in one line of at most 500 characters."),
    }[code]
