"""The permission review: start it, decide about each right, follow it, take its report away (S0-31)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access.models import PermissionReview
from access.models.reviews import KEEP, NARROW, REVOKE, Items
from access.queries.reviews import decided_by, items_for, progress, words_of
from access.review_words import NOT_STARTED, REFUSALS
from access.services import review_decisions, review_reports, reviews
from access.services.review_decisions import Answer, NotDecided
from desk.forms_people import last_day, period_end
from desk.forms_reviews import DecisionForm, StartForm
from desk.permission import DeskRequest, allowed
from desk.shown_reviews import ReviewLine, items_shown

ROWS = 50
SHOWN = 20
"""How many reviews the list goes back: five years of quarters."""
OPEN_ONLY, ALL_STATES, ODD = "open", "all", "odd"
FILTERS = {
    OPEN_ONLY: gettext_lazy("not decided"),
    ODD: gettext_lazy("with a remark"),
    ALL_STATES: gettext_lazy("all"),
}


@allowed("review.read", methods=["GET"])
def permission_reviews(request: DeskRequest) -> HttpResponse:
    """List the reviews, with how far each has come."""
    return _list(request)


@allowed("review.start", methods=["POST"])
def permission_review_start(request: DeskRequest) -> HttpResponse:
    """Freeze every right of this moment, for its head to confirm until a day."""
    form = StartForm(request.POST)
    deadline = period_end(form.cleaned_data["last_day"]) if form.is_valid() else None
    if deadline is None:
        return _list(request, form, status=422)
    try:
        made = reviews.start(deadline=deadline, by=request.actor, at=request.at)
    except reviews.CannotStart as refused:
        form.add_error("last_day", str(NOT_STARTED[refused.code]))
        return _list(request, form, status=409)
    messages.success(request, _("Started. Those who decide have been told."))
    return redirect("desk:permission_review", id=made.pk)


@allowed("review.read", methods=["GET"])
def permission_review(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show one review: how far each department is, and the rights that this person may read or decide about."""
    return _page(request, _review(id))


@allowed("review.read", methods=["POST"])
def permission_review_decide(request: DeskRequest, id: UUID, item: int) -> HttpResponse:
    """Keep, narrow or revoke one right; who decides is a matter of whose people they are."""
    review = _review(id)
    if not review.items.filter(pk=item).exists():
        raise Http404
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, review, str(REFUSALS["no_end"]), status=422)
    decision = form.cleaned_data["decision"]
    until = period_end(form.cleaned_data["until"]) if decision == NARROW else None
    try:
        review_decisions.decide(item, Answer(decision=decision, until=until), by=request.actor, at=request.at)
    except NotDecided as refused:
        return _refused(request, review, refused)
    messages.success(request, _words_of(decision))
    return _back(request, review)


@allowed("review.read", methods=["POST"])
def permission_review_keep(request: DeskRequest, id: UUID) -> HttpResponse:
    """Keep the ticked rights together: only what is unchanged and was used lately."""
    review = _review(id)
    ticked = [int(one) for one in request.POST.getlist("items")[:ROWS] if one.isascii() and one.isdigit()]
    if not ticked or review.items.filter(pk__in=ticked).count() != len(set(ticked)):
        raise Http404
    try:
        kept = review_decisions.keep_together(ticked, by=request.actor, at=request.at)
    except NotDecided as refused:
        return _refused(request, review, refused)
    messages.success(request, ngettext("%(n)s right kept.", "%(n)s rights kept.", kept) % {"n": kept})
    return _back(request, review)


@allowed("review.read", methods=["POST"])
def permission_review_report(request: DeskRequest, id: UUID) -> HttpResponse:
    """Hand out what was decided, by whom and when, as a file."""
    review, format = _review(id), request.POST.get("format", "")
    if format not in review_reports.FORMATS:
        raise Http404
    made = review_reports.download(review, format, by=request.actor, at=request.at)
    answer = HttpResponse(made.content, content_type=made.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the reader wants to see of a review; what is not understood is not asked for."""

    state: str
    department: str

    @classmethod
    def of(cls, request: DeskRequest, *, decides: bool) -> Chosen:
        """Read the filters of the address; whoever decides begins with what is open."""
        asked = request.GET.get("state", "")
        usual = OPEN_ONLY if decides else ALL_STATES
        return cls(asked if asked in FILTERS else usual, request.GET.get("department", "")[:32])

    def among(self, items: Items) -> Items:
        """Return the items that are wanted."""
        if self.department:
            items = items.filter(department__code=self.department)
        if self.state == OPEN_ONLY:
            return items.undecided()
        if self.state == ODD:
            return items.exclude(marks=[])
        return items


def _review(id: UUID) -> PermissionReview:
    found = PermissionReview.objects.filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _back(request: DeskRequest, review: PermissionReview) -> HttpResponse:
    """Return to the page as it was filtered; the filters are in the address, the decision never."""
    asked = request.GET.urlencode()
    page = reverse("desk:permission_review", args=[review.pk])
    return redirect(f"{page}?{asked}" if asked else page)


def _refused(request: DeskRequest, review: PermissionReview, refused: NotDecided) -> HttpResponse:
    if refused.code == "not_yours":
        raise Http404
    return _page(request, review, str(REFUSALS[refused.code]), status=409)


def _list(request: DeskRequest, form: StartForm | None = None, *, status: int = 200) -> HttpResponse:
    actor, at = request.actor, request.at
    lines = [
        ReviewLine.of(review, progress(items_for(review, actor, decided_by(review, actor, at)), at), at)
        for review in PermissionReview.objects.all()[:SHOWN]
    ]
    usual = StartForm(initial={"last_day": last_day(at + reviews.USUAL)})
    facts = {"lines": lines, "form": form or usual, "running": any(line.running for line in lines)}
    return render(request, "desk/reviews/reviews.html", facts, status=status)


def _page(
    request: DeskRequest, review: PermissionReview, problem: str = "", *, status: int = 200
) -> HttpResponse:
    actor, at = request.actor, request.at
    mine = decided_by(review, actor, at)
    items = items_for(review, actor, mine)
    places = progress(items, at)
    chosen = Chosen.of(request, decides=bool(mine) and review.deadline > at)
    page = Paginator(chosen.among(items).order_by("department__code", "person__number", "pk"), ROWS).get_page(
        request.GET.get("page")
    )
    shown = items_shown(page, words_of(page, actor), mine, at)
    facts = {
        "review": ReviewLine.of(review, places, at),
        "places": places,
        "page": page,
        "items": shown,
        "easy": any(one.easy for one in shown),
        "chosen": chosen,
        "filters": FILTERS.items(),
        "problem": problem,
        "decides": bool(mine),
    }
    return render(request, "desk/reviews/review.html", facts, status=status)


def _words_of(decision: str) -> str:
    words = {
        KEEP: _("Kept."),
        NARROW: _("Kept until that day."),
        REVOKE: _("Revoked. It counts from the next request of this person."),
    }
    return words[decision]
