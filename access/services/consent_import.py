"""Bring existing consents in: upload, try out, start. The file lies only sealed, from the first byte to the last."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO, cast
from uuid import UUID

from django.db import transaction

from access.consent_import.rows import places
from access.consent_import.run import CHECK, IMPORT
from consent.models import NoticeVersion
from customers.imports.mapping import looks_like_values
from customers.imports.source import look_into
from customers.services.imports import Bounded, HeaderMissing, NotReady
from files import services as files
from jobs import services as jobs
from jobs.models import Job
from staff.permissions import may
from staff.services.people import NotAllowed
from trail.actor import Actor

PURPOSE = "consent.import"


def start_check(
    stream: BinaryIO, *, name: str, version: NoticeVersion, language: str, by: Actor, at: datetime
) -> Job:
    """Seal an uploaded file and start its dry run.

    :raises documents.reading.Unreadable: the file is refused.
    :raises customers.services.imports.HeaderMissing: its first row holds values instead of names.
    :raises access.consent_import.rows.ColumnsMissing: naming what no column holds.
    """
    _insist(by)
    with transaction.atomic():
        file = files.put_file(cast(BinaryIO, Bounded(stream)), name=name, purpose=PURPOSE, by=by, at=at).id
        receipt = files.record_read(file, by=by, at=at)
    table, _rows = look_into(file, receipt=receipt, at=at, rows=1)
    if looks_like_values(table.header):
        raise HeaderMissing
    places(table.header)
    with transaction.atomic():
        job = jobs.start(
            CHECK,
            by=by,
            at=at,
            parameters={"file": str(file), "version": version.pk, "language": language},
        )
        files.assign_to_job(file, job=job.id, by=by, at=at)
    return job


def start_import(check: UUID, *, by: Actor, at: datetime) -> Job:
    """Record what a finished dry run of the person's has tried out.

    :raises NotReady: there is no such dry run, it found nothing to record, or it was used already.
    """
    _insist(by)
    tried = Job.objects.filter(id=check, kind=CHECK, owner_id=by.id, finished_at__isnull=False).first()
    if tried is None or not tried.outcome["taken"]:
        raise NotReady
    with transaction.atomic():
        rows = int(tried.outcome["rows"])
        job = jobs.start(
            IMPORT,
            by=by,
            at=at,
            parameters={**tried.parameters, "check": str(tried.id)},
            total=rows,
        )
        try:
            files.hand_on(UUID(str(tried.parameters["file"])), job=tried.id, to=job.id, at=at)
        except files.NotReadable:
            raise NotReady from None
    return job


def _insist(by: Actor) -> None:
    if by.id is None or not may(by, "customer.import"):
        raise NotAllowed("customer.import")
