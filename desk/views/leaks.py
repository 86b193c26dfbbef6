"""Leak traces: paste or upload a leaked list, read who saw how much of it (S4-46, S4-52)."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit.leaks import listing
from audit.models import LeakTrace
from audit.services import traces
from classification.queries import catalogue
from customers.words import problem_words
from desk import shown_leaks
from desk.forms_leaks import TraceForm
from desk.permission import DeskRequest, allowed
from documents.problems import Unreadable
from staff.permissions import may

ROWS = 50


@allowed("leak.read", methods=["GET"])
def leaks(request: DeskRequest) -> HttpResponse:
    """List the traces that were made, with the form for a new one where the person makes them."""
    return _page(request, TraceForm())


@allowed("leak.trace", methods=["POST"])
def leak_trace(request: DeskRequest) -> HttpResponse:
    """Match a list in memory and go to what was found; on an error nothing of it comes back."""
    form = TraceForm(request.POST, request.FILES)
    made = _traced(request, form) if form.is_valid() else None
    if made is None:
        return _page(request, form, status=422)
    return redirect("desk:leak", id=made.pk)


@allowed("leak.read", methods=["GET"])
def leak(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show one trace: the verdict, who saw how much, and the events that show it. Reading is an event."""
    try:
        trace = traces.read(id, by=request.actor, at=request.at)
    except LeakTrace.DoesNotExist:
        raise Http404 from None
    facts = {"trace": trace, "shown": shown_leaks.shown(trace, catalogue(request.at))}
    return render(request, "desk/leaks/leak.html", facts)


def _traced(request: DeskRequest, form: TraceForm) -> LeakTrace | None:
    """Trace the list; None when the form now says what is wrong with it."""
    since, until = form.window(request.at)
    try:
        content = form.content(listing.MOST_BYTES)
        return traces.trace(content, since=since, until=until, by=request.actor, at=request.at)
    except listing.TooLong:
        form.add_error(None, _("The list is longer than 10,000 rows or 8 MiB. Cut it into several."))
    except listing.Empty:
        form.add_error(None, _("There is nothing in the list."))
    except Unreadable as refused:
        form.add_error("file", problem_words(refused.code, refused.params))
    return None


def _page(request: DeskRequest, form: TraceForm, *, status: int = 200) -> HttpResponse:
    page = Paginator(LeakTrace.objects.defer("ranking"), ROWS).get_page(request.GET.get("page"))
    may_trace = may(request.actor, "leak.trace")
    # SECURITY: what was pasted is not sent back: an error page would keep the list in the browser.
    form.data = {name: text for name, text in form.data.items() if name != "text"}
    facts = {"page": page, "form": form if may_trace else None, "decoys": may(request.actor, "decoy.plant")}
    return render(request, "desk/leaks/leaks.html", facts, status=status)
