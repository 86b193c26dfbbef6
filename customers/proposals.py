"""The proposal of this app: an import that changes many existing customers, signed by the head."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat, register
from classification.models import Field
from customers.imports.acting import MayNoLonger, acting_person, portfolio_for
from customers.imports.run import CHECK
from customers.models import Portfolio
from customers.services import imports
from files.models import SealedFile
from jobs.models import Job
from staff.queries import signers_for_department
from trail.actor import Actor


def _seats(content: Content, at: datetime) -> Sequence[Seat]:
    department = Portfolio.objects.get(code=content["portfolio"]).department_id
    signers = signers_for_department(department, at, never={UUID(content["importer"])})
    return [Seat("head", signers, _("Department head"))]


def _describe(content: Content) -> Sequence[Line]:
    codes = set(content["mapping"].values())
    fields = sorted(str(field) for field in Field.objects.filter(code__in=codes))
    return [
        Line(_("Portfolio"), "", content["portfolio"]),
        Line(_("Imported by"), "", content["importer_number"]),
        Line(_("Rows in the file"), "", str(content["rows"])),
        Line(_("Existing customers changed"), "", str(content["changed"])),
        Line(_("New customers"), "", str(content["created"])),
        Line(_("Rows refused"), "", str(content["refused"])),
        Line(_("Fields"), "", gettext(", ").join(fields)),
        Line(_("Where it came from"), "", _source(content)),
        Line(_("Checksum of the file"), "", content["sha256"]),
    ]


def _source(content: Content) -> str:
    if content.get("proof"):
        return gettext("from elsewhere; the proof of the source is sealed")
    return gettext("from the customers")


def _check(content: Content, by: Actor, at: datetime) -> None:
    tried = Job.objects.filter(id=content["check"], kind=CHECK).first()
    file = SealedFile.objects.readable(at).filter(id=content["file"]).first()
    if tried is None or file is None or file.job_id != tried.id:
        raise CannotApply("file_gone")
    if bytes(file.sha256).hex() != content["sha256"]:
        raise CannotApply("file_changed")


def _apply(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Job:
    _check(content, by, at)
    try:
        importer = acting_person(UUID(content["importer"]), at)
        portfolio_for(importer, content["portfolio"], at)
        tried = Job.objects.get(id=content["check"])
        return imports.begin(tried, by=importer, at=at, signed=proposal.id)
    except MayNoLonger as refused:
        raise CannotApply(refused.code) from None
    except imports.NotReady:
        raise CannotApply("file_gone") from None


def register_kinds() -> None:
    """Register the kinds of proposal of this app."""
    register(
        ProposalKind(
            code=imports.BULK_UPDATE,
            name=_("Import that changes many customers"),
            seats=_seats,
            apply=_apply,
            describe=_describe,
            check=_check,
            lifetime=imports.SIGNATURE_WITHIN,
            permission="customer.import",
        )
    )
