"""The register of backups: what is kept where and until when, what nobody has restored yet, how restoring went."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from desk.permission import DeskRequest, allowed
from desk.shown_backups import OVERDUE, BackupLine, RecoveryLine, Standing
from files.apart import is_set_up as is_held_apart
from retention.backups.manifests import is_set_up
from retention.models import Backup, Recovery
from retention.models.backups import DATA, KEYRING
from retention.queries import apart_backups
from retention.queries import backups as asking

AT_ONCE = 40
RECOVERIES = 12


@allowed("backups.read", methods=["GET"])
def backups(request: DeskRequest) -> HttpResponse:
    """Show where backups stand; everything that is done to them is a command on the server."""
    rows = Backup.objects.select_related("removal").prefetch_related("checks").order_by("-at")
    page = Paginator(rows, AT_ONCE).get_page(request.GET.get("page"))
    facts = {
        "set_up": is_set_up(),
        "overdue": [
            OVERDUE[code] for code in (*asking.overdue(request.at), *apart_backups.overdue(request.at))
        ],
        "standings": [Standing.of(kind, request.at) for kind in (DATA, KEYRING)],
        "lines": [BackupLine.of(backup) for backup in page],
        "page": page,
        "recoveries": [RecoveryLine.of(made) for made in Recovery.objects.all()[:RECOVERIES]],
        "drill_due_at": asking.drill_due_at(),
        "apart": apart_backups.standing(request.at) if is_held_apart() else None,
    }
    return render(request, "desk/retention/backups.html", facts)
