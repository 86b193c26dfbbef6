"""Take a personnel file in hand. Nothing in it counts until it is confirmed (`access.services.hr_files`)."""

from dataclasses import asdict
from datetime import datetime
from hashlib import sha256

from staff.hr.reading import Line, read
from staff.models import HrFile
from staff.permissions import may
from staff.services.people import NotAllowed
from trail.actor import Actor


def bring(content: bytes, *, by: Actor, at: datetime) -> HrFile:
    """Keep the rows of a file, so that what was shown is what is confirmed; this changes nobody, and has no event.

    :raises NotAllowed: without `people.take_away`.
    :raises documents.reading.Unreadable: the file is refused.
    :raises staff.hr.reading.ColumnsMissing: naming what no column holds.
    """
    if not may(by, "people.take_away") or by.id is None:
        raise NotAllowed("people.take_away")
    rows = [asdict(line) for line in read(content)]
    digest = sha256(content).hexdigest()
    return HrFile.objects.create(rows=rows, sha256=digest, brought_at=at, brought_by_id=by.id)


def lines_of(file: HrFile) -> list[Line]:
    """Return the rows of a file in hand."""
    return [Line(**row) for row in file.rows]
