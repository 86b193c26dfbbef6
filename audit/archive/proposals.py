"""The two proposals: that months leave the trail, and that an old archive is destroyed.

Two people sign, neither of whom proposed.
An auditor signs neither: whoever reads the trail for a living does not let it go.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat, register
from audit.archive import terms
from audit.archive.run import ARCHIVE, DESTROY
from audit.archive.writing import directory
from jobs import services as jobs
from jobs.models import Job
from staff.queries import heads, holders_of
from staff.roles import HEAD, NAMES, OFFICER
from trail import archive
from trail.actor import Actor
from trail.archive import Archived

ARCHIVING, DESTROYING = "trail.archive", "trail.destroy_archive"
PERMISSION = "trail.archive"


def months_content(months: Sequence[date]) -> dict[str, Any]:
    """Return the canonical content of an archiving: what each month holds now."""
    return {"months": [_month(month) for month in months]}


def _month(month: date) -> dict[str, Any]:
    held = archive.holds(month)
    return {
        "month": month.isoformat(),
        "events": held.events,
        "exposures": held.exposures,
        "unsealed": held.unsealed,
        "digest": held.digest.hex(),
    }


def _check_months(content: Content, by: Actor, at: datetime) -> None:
    months = [date.fromisoformat(one["month"]) for one in content["months"]]
    if directory() is None:
        raise CannotApply("no_archive_directory")
    due = terms.due(at)
    if not months or months != due[: len(months)]:
        # The oldest first: so the trail begins at one moment, and everything before it is archived.
        raise CannotApply("nothing_to_archive")
    if months_content(months) != content:
        raise CannotApply("changed_meanwhile")
    if any(one["unsealed"] for one in content["months"]):
        raise CannotApply("archive_unsealed")


def _apply_months(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Job:
    _check_months(content, by, at)
    return jobs.start(ARCHIVE, by=by, at=at, parameters={"proposal": str(proposal.pk)})


def _describe_months(content: Content) -> Sequence[Line]:
    return [
        Line(
            one["month"][:7],
            _("online: %(events)s events, %(exposures)s exposures") % one,
            _("in an archive, digest %(digest)s") % {"digest": one["digest"][:16]},
        )
        for one in content["months"]
    ]


def archive_content(one: Archived) -> dict[str, Any]:
    """Return the canonical content of a destruction."""
    return {"month": one.month.isoformat(), "file": one.file, "sha256": one.sha256.hex()}


def _kept(content: Content) -> Archived:
    for one in terms.kept():
        if archive_content(one) == content:
            return one
    raise CannotApply("archive_gone")


def _check_archive(content: Content, by: Actor, at: datetime) -> None:
    until = terms.kept_until(_kept(content).month, at)
    if at < until:
        raise CannotApply("archive_kept", day=timezone.localtime(until).strftime("%Y-%m-%d"))


def _apply_archive(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Job:
    _check_archive(content, by, at)
    # The worker alone reaches the directory.
    return jobs.start(DESTROY, by=by, at=at, parameters={"proposal": str(proposal.pk)})


def _describe_archive(content: Content) -> Sequence[Line]:
    return [
        Line(_("Archive of the month"), content["month"][:7], _("destroyed")),
        Line(_("File"), content["file"]),
        Line(_("Checksum of the file"), content["sha256"]),
    ]


def _seats(content: Content, at: datetime) -> Sequence[Seat]:
    return [
        Seat("officer", holders_of(OFFICER, at), str(NAMES[OFFICER])),
        Seat("head", heads(at), str(NAMES[HEAD])),
    ]


def register_kinds() -> None:
    """Register the kinds of proposal of the archive."""
    register(
        ProposalKind(
            code=ARCHIVING,
            name=_("Months of the trail leave for the archive"),
            seats=_seats,
            apply=_apply_months,
            describe=_describe_months,
            check=_check_months,
            permission=PERMISSION,
        )
    )
    register(
        ProposalKind(
            code=DESTROYING,
            name=_("Archive of the trail is destroyed"),
            seats=_seats,
            apply=_apply_archive,
            describe=_describe_archive,
            check=_check_archive,
            permission=PERMISSION,
        )
    )
