"""The register of backups: what is kept where and until when, what nobody has restored yet, how restoring went."""

from datetime import timedelta

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from desk.permission import DeskRequest, allowed
from desk.shown_backups import OVERDUE, BackupLine, RecoveryLine, Standing
from retention.backups.manifests import is_set_up
from retention.models import Backup, Recovery
from retention.models.backups import DATA, KEYRING
from retention.queries import backups as asking
from trail.models import Event

AT_ONCE = 40
RECOVERIES = 12
LOOKED_BACK = timedelta(days=31)


@allowed("backups.read", methods=["GET"])
def backups(request: DeskRequest) -> HttpResponse:
    """Show where backups stand; everything that is done to them is a command on the server."""
    rows = Backup.objects.select_related("removal").prefetch_related("checks").order_by("-at")
    page = Paginator(rows, AT_ONCE).get_page(request.GET.get("page"))
    facts = {
        "set_up": is_set_up(),
        "overdue": [OVERDUE[code] for code in asking.overdue(request.at)],
        "standings": [Standing.of(kind, request.at) for kind in (DATA, KEYRING)],
        "lines": [BackupLine.of(backup) for backup in page],
        "page": page,
        "recoveries": [RecoveryLine.of(made) for made in Recovery.objects.all()[:RECOVERIES]],
        "drill_due_at": asking.drill_due_at(),
        "apart": _of_l4(request) if settings.RESTRICTED_URL else None,
    }
    return render(request, "desk/retention/backups.html", facts)


def _of_l4(request: DeskRequest) -> dict[str, object]:
    """Return when the restricted host last said that it had backed up, and how many values."""
    said = Event.objects.filter(kind="restricted.backed_up", at__gte=request.at - LOOKED_BACK)
    last = said.order_by("-at").first()
    return {"at": last.at, "values": last.facts["values"]} if last else {"at": None}
