"""The job that makes a masked data set: pseudonyms under a key that lives in this process only.

Nothing of the set is kept before it is whole: a job that was killed begins anew, with another key. The file is sealed
in the transaction that ends the job, so there is one file, made under one key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from io import BytesIO
from os import urandom
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access import events
from access.models.masked import MaskedDataset
from approvals.registry import CannotApply
from classification.queries import UnknownField, catalogue
from customers.models import Customer
from customers.pseudonyms import Pseudonyms
from customers.restrictions import unrestricted
from documents import sheets
from files.services import put_file
from jobs.running import JobFailed, Turn
from staff.permissions import may
from staff.queries import WORKING, standing
from staff.services.notifications import notify
from trail import services as trail
from trail.actor import Actor
from vault.transform import LEAST_KEY

MASKED = "access.masked_dataset"
KEEP = timedelta(hours=24)
BATCH_ROWS = 200
PAGE = "/masked/"
PURPOSE = "masked.dataset"


def acting_for(person: UUID, at: datetime) -> Actor:
    """Return who a masked data set is made for, as an actor of a background job.

    :raises CannotApply: not_working, may_not_fetch.
    """
    found = standing(person, at)
    if found is None or found.state != WORKING:
        raise CannotApply("not_working", number=found.person.number if found else "")
    actor = Actor(
        id=found.person.pk,
        number=found.person.number,
        name=found.person.name,
        roles=found.roles,
        department=found.department,
        mode="system",
        lacking=found.lacking,
    )
    if not may(actor, "masked.fetch"):
        raise CannotApply("may_not_fetch", number=actor.number)
    return actor


def run(turn: Turn) -> Mapping[str, object]:
    """Make the data set of a signed proposal."""
    asked = MaskedDataset.objects.get(job=turn.job.pk)
    if asked.made_at is not None:
        return {"rows": asked.rows}
    try:
        by = acting_for(asked.person_id, turn.at)
        made = Pseudonyms(catalogue(turn.at), asked.fields, urandom(LEAST_KEY))
    except CannotApply as refused:
        raise JobFailed(refused.code) from None
    except UnknownField:
        raise JobFailed("masked_fields") from None
    rows = list(_rows(turn, asked, made))
    with transaction.atomic():
        _keep(turn, asked, made, rows, by)
        turn.progress(done=max(turn.job.done, len(rows)), cursor={}, total=max(turn.job.done, len(rows)))
    return {"rows": len(rows)}


def _rows(turn: Turn, asked: MaskedDataset, made: Pseudonyms) -> Iterator[list[str]]:
    """Yield the rows, in the order of pseudonyms: that of the records would tell who is who."""
    of_these = Customer.objects.select_related("portfolio").filter(portfolio__code__in=asked.portfolios)
    found = unrestricted(of_these, turn.at)
    after = 0
    all_rows: list[list[str]] = []
    while len(all_rows) < asked.most and (
        batch := list(found.filter(pk__gt=after).order_by("pk")[:BATCH_ROWS])
    ):
        all_rows += made.rows(batch[: asked.most - len(all_rows)])
        after = batch[-1].pk
        with transaction.atomic():
            turn.progress(done=min(max(turn.job.done, len(all_rows)), turn.job.total or 0), cursor={})
    yield from sorted(all_rows)


def _keep(turn: Turn, asked: MaskedDataset, made: Pseudonyms, rows: list[list[str]], by: Actor) -> None:
    facts = {"dataset": str(asked.id), "rows": len(rows), "fields": asked.fields, "format": asked.format}
    receipt = trail.record(events.MASKED_MADE, by=by, at=turn.at, facts=facts, request=str(asked.proposal))
    content = BytesIO()
    words = _("Masked data for %(name)s (%(number)s), %(at)s, event %(event)s: nobody in it exists")
    banner = words % {
        "name": by.name,
        "number": by.number,
        "at": timezone.localtime(turn.at).strftime("%Y-%m-%d %H:%M"),
        "event": receipt.event,
    }
    header = ["number", "portfolio", "tier", *(spec.code for spec in made.columns)]
    if asked.format == "xlsx":
        properties = {"title": _("Masked data set"), "creator": banner, "description": banner}
        sheets.write_xlsx(content, header, rows, properties=properties, banner=banner)
    else:
        sheets.write_csv(content, header, rows, banner=banner)
    content.seek(0)
    name = f"custinfo-masked-{receipt.event}.{asked.format}"
    file = put_file(content, name=name, purpose=PURPOSE, by=by, at=turn.at, keep_until=turn.at + KEEP)
    asked.made_at, asked.rows, asked.file = turn.at, len(rows), file.id
    asked.event, asked.keep_until = receipt.event, turn.at + KEEP
    asked.save(update_fields=["made_at", "rows", "file", "event", "keep_until"])
    notify({asked.person_id}, "job_finished", params={"kind": MASKED}, link=PAGE, at=turn.at)
