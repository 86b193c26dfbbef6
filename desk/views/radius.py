"""Breach radius: how far an account, a session, an address or a period reaches; its list is fetched once."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from access.export_files import CONTENT_TYPES, XLSX
from audit.models import BreachRadius, RadiusFile
from audit.services import radius as measuring
from desk.forms_radius import RadiusForm
from desk.permission import DeskRequest, allowed
from desk.shown_radius import RadiusLine, RadiusShown
from desk.templatetags.desk import stamp
from staff.permissions import may

ROWS = 50
GIVEN = ("person", "session", "ip")


@allowed("radius.read", methods=["GET"])
def radii(request: DeskRequest) -> HttpResponse:
    """List what was measured; whoever may ask does so here, too."""
    given = {name: request.GET.get(name, "")[:128] for name in GIVEN}
    return _page(
        request, RadiusForm(at=request.at, given=given) if may(request.actor, "radius.ask") else None
    )


@allowed("radius.ask", methods=["POST"])
def radius_measure(request: DeskRequest) -> HttpResponse:
    """Measure a radius and show it."""
    form = RadiusForm(request.POST, at=request.at)
    if not form.is_valid():
        return _page(request, form, status=422)
    made = measuring.measure(form.scope, by=request.actor, at=request.at)
    return redirect("desk:radius", id=made.id)


@allowed("radius.read", methods=["GET"])
def radius(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show one radius: levels, thresholds of the law, fields; and its lists, to whoever had them made."""
    made = BreachRadius.objects.filter(pk=id).first()
    if made is None:
        raise Http404
    assert request.actor.id is not None
    lists = RadiusFile.objects.filter(radius=made, person_id=request.actor.id)
    facts = {
        "shown": RadiusShown.of(made),
        "asks": may(request.actor, "radius.ask"),
        "most": measuring.MOST_ROWS,
        "lists": [
            {"one": one, "waits": one.fetched_at is None and request.at < one.keep_until} for one in lists
        ],
    }
    return render(request, "desk/radius/radius.html", facts)


@allowed("radius.ask", methods=["POST"])
def radius_list(request: DeskRequest, id: UUID) -> HttpResponse:
    """Make the list of a radius's customers."""
    try:
        made = measuring.make_list(id, by=request.actor, at=request.at)
    except BreachRadius.DoesNotExist:
        raise Http404 from None
    words = _("The list of %(rows)s customers is ready. It can be fetched once, until %(until)s.")
    messages.success(request, words % {"rows": made.rows, "until": stamp(made.keep_until)})
    return redirect("desk:radius", id=id)


@allowed("radius.ask", methods=["POST"])
def radius_fetch(request: DeskRequest, id: UUID, file: UUID) -> HttpResponseBase:
    """Hand a list out, once."""
    try:
        fetched = measuring.fetch(file, by=request.actor, at=request.at)
    except RadiusFile.DoesNotExist:
        raise Http404 from None
    except measuring.NotFetchable as refused:
        words = {
            "fetched": _("This list was fetched already; make a new one."),
            "over": _("The day of this list is over; make a new one."),
        }
        messages.error(request, words[refused.code])
        return HttpResponseRedirect(reverse("desk:radius", args=[id]))
    answer = StreamingHttpResponse(fetched.chunks, content_type=CONTENT_TYPES[XLSX])
    answer["Content-Disposition"] = f'attachment; filename="{fetched.name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _page(request: DeskRequest, form: RadiusForm | None, *, status: int = 200) -> HttpResponse:
    page = Paginator(BreachRadius.objects.all(), ROWS).get_page(request.GET.get("page"))
    facts = {"form": form, "page": page, "lines": [RadiusLine.of(one) for one in page]}
    return render(request, "desk/radius/radii.html", facts, status=status)
