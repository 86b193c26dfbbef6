"""The job that carries a signed archiving out, month by month; killed at any instant, it comes to the same end.

For each month: what it alone still tells of customers is told again, part by part; then the file is written and read
back; then one transaction records the archive and drops the month. Before that transaction nothing is lost, and a file
that is there already is written anew; after it the month is archived and is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction

from approvals.models import Proposal
from audit.archive.writing import NotWhole, Written, remove, write
from customers.verification.carrying import carry
from customers.verification.run import parts_now
from jobs.running import JobFailed, Turn
from trail import archive
from trail.actor import Actor
from trail.archive import Holds, NotTheSame
from trail.events import ARCHIVE_DESTROYED, ARCHIVED
from trail.services import record

ARCHIVE, DESTROY = "audit.archive", "audit.destroy_archive"
BY = Actor.system(ARCHIVE)
PARTS_BEFORE = 256
"""How many there are where a cursor does not say: it was written when there always were so many."""


def run(turn: Turn) -> Mapping[str, object]:
    """Archive the months of a signed proposal."""
    proposal = Proposal.objects.get(pk=UUID(str(turn.job.parameters["proposal"])))
    months = [
        (date.fromisoformat(one["month"]), bytes.fromhex(one["digest"])) for one in proposal.content["months"]
    ]
    done = int(turn.job.cursor.get("months", 0))
    parts = int(turn.job.cursor.get("parts") or (PARTS_BEFORE if turn.job.cursor else parts_now()))
    for number, (month, signed) in enumerate(months[done:], done):
        _tell_again(turn, month, number, parts, total=len(months) * (parts + 1))
        _archive(turn, month, signed, number, parts, proposal.pk)
    return {"months": len(months)}


def destroy(turn: Turn) -> Mapping[str, object]:
    """Destroy the archive that a signed proposal names: first the file, then the record that it is gone."""
    proposal = Proposal.objects.get(pk=UUID(str(turn.job.parameters["proposal"])))
    month, name = date.fromisoformat(proposal.content["month"]), str(proposal.content["file"])
    remove(name)
    with transaction.atomic():
        if archive.destroyed(month, proposal=proposal.pk, at=turn.at):
            facts = {"month": f"{month:%Y-%m}", "file": name, "file_sha256": proposal.content["sha256"]}
            record(
                ARCHIVE_DESTROYED,
                by=BY,
                at=turn.at,
                facts=facts | {"proposal": str(proposal.pk)},
                request=str(proposal.pk),
            )
        turn.progress(done=1, cursor={}, total=1)
    return {"months": 1}


def _tell_again(turn: Turn, month: date, number: int, parts: int, *, total: int) -> None:
    since, until = archive.bounds(month)
    for part in range(int(turn.job.cursor.get("part", 0)), parts):
        with transaction.atomic():
            carry(part, parts, since=since, until=until, by=BY, at=turn.at)
            cursor = {"months": number, "part": part + 1, "parts": parts}
            turn.progress(done=number * (parts + 1) + part + 1, cursor=cursor, total=total)


def _archive(turn: Turn, month: date, signed: bytes, number: int, parts: int, proposal: UUID) -> None:
    held = archive.holds(month)
    if held.digest != signed:
        raise JobFailed("archive_changed", month=f"{month:%Y-%m}")
    try:
        written = write(month, held)
        with transaction.atomic():
            archive.leave(
                month, held, file=written.name, sha256=written.sha256, proposal=proposal, at=turn.at
            )
            record(
                ARCHIVED,
                by=BY,
                at=turn.at,
                facts=_facts(month, held, written, proposal),
                request=str(proposal),
            )
            cursor = {"months": number + 1, "part": 0, "parts": parts}
            turn.progress(done=(number + 1) * (parts + 1), cursor=cursor)
    except NotWhole as refused:
        raise JobFailed(refused.code, month=f"{month:%Y-%m}") from None
    except NotTheSame:
        raise JobFailed("archive_refused", month=f"{month:%Y-%m}") from None


def _facts(month: date, held: Holds, written: Written, proposal: UUID) -> dict[str, object]:
    return {
        "month": f"{month:%Y-%m}",
        "events": held.events,
        "exposures": held.exposures,
        "digest": held.digest.hex(),
        "file": written.name,
        "file_sha256": written.sha256.hex(),
        "proposal": str(proposal),
    }
