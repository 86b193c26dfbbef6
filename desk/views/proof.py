"""Seal and proof of the trail: how far it is sealed and witnessed, and what outsiders need to verify it (S0-42)."""

from __future__ import annotations

from datetime import datetime, timedelta
from tempfile import SpooledTemporaryFile

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from desk.forms_proof import MonthForm
from desk.permission import DeskRequest, allowed
from desk.shown_proof import checkpoint_lines
from trail.events import OLDER_THAN_WITNESSED
from trail.models import Event
from trail.sealing import handing, proofs, state, store
from trail.sealing.keys import read_public
from trail.words import WITNESS_NAMES

LINES = 10
HELD_IN_MEMORY = 16 * 1024 * 1024
SEALED_WITHIN = timedelta(minutes=1)
WITNESSED_WITHIN = timedelta(hours=2)
"""Tails that are longer than these are marked: something does not run."""


@allowed("trail.prove", methods=["GET"])
def proof(request: DeskRequest) -> HttpResponse:
    """Show how far the trail is sealed and witnessed, and offer a month with its proof."""
    return _page(request, MonthForm(at=request.at))


@allowed("trail.prove", methods=["POST"])
def proof_month(request: DeskRequest) -> HttpResponseBase:
    """Hand out a month with its proof and the program that verifies it. It holds no customer value."""
    form = MonthForm(request.POST, at=request.at)
    if not form.is_valid():
        return _page(request, form, status=422)
    since, until = form.period
    month = form.cleaned_data["month"]
    content = SpooledTemporaryFile(max_size=HELD_IN_MEMORY)  # noqa: SIM115 — the answer closes it
    handing.period(content, since=since, until=until, what=month, by=request.actor, at=request.at)
    content.seek(0)
    return FileResponse(content, as_attachment=True, filename=f"custinfo-trail-{month}.zip")


@allowed("trail.prove", methods=["POST"])
def proof_event(request: DeskRequest, id: int) -> HttpResponse:
    """Hand out the proof that one event lies under the newest checkpoint."""
    try:
        moment = datetime.fromisoformat(request.POST.get("at", ""))
    except ValueError:
        raise Http404 from None
    if moment.tzinfo is None:
        raise Http404
    try:
        content = handing.event(id, moment, by=request.actor, at=request.at)
    except proofs.NotSealed:
        if not Event.objects.filter(id=id, at=moment).exists():
            raise Http404 from None
        messages.warning(request, _("This event is not sealed yet. Try again in a few seconds."))
        address = reverse("desk:event", kwargs={"id": id})
        return redirect(f"{address}?{urlencode({'at': moment.isoformat()})}")
    answer = HttpResponse(content, content_type="application/x-ndjson")
    answer["Content-Disposition"] = f'attachment; filename="custinfo-event-{id}.ndjson"'
    return answer


def _page(request: DeskRequest, form: MonthForm, status: int = 200) -> HttpResponse:
    newest = store.newest_checkpoint()
    now = state.state(request.at)
    facts = {
        "form": form,
        "now": now,
        "late": now.unsealed_for > SEALED_WITHIN,
        "alone": now.unwitnessed_for > WITNESSED_WITHIN,
        "witness": WITNESS_NAMES.get(now.witness, ""),
        "note": "" if newest is None else newest[2],
        "keys": read_public(settings.TRAIL_PUBLIC_FILE),
        "lines": checkpoint_lines(LINES),
        "older": now.sealed_at is not None
        and Event.objects.filter(kind=OLDER_THAN_WITNESSED.code, at__gt=now.sealed_at).exists(),
    }
    return render(request, "desk/trail/proof.html", facts, status=status)
