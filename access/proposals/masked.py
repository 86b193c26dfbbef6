"""The proposal of a masked data set: a data security officer proposes it, a department head signs (S1-10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.masked_run import MASKED, acting_for
from access.models.masked import MOST_ROWS, MaskedDataset
from access.proposals import subjects
from access.proposals.reach import portfolio
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat
from classification.queries import catalogue
from jobs import services as jobs
from staff.queries import heads
from staff.roles import HEAD, NAMES
from trail.actor import Actor

KIND = "masked.dataset"
FORMATS = ("xlsx", "csv")


def content_of(
    *, portfolios: Sequence[str], fields: Sequence[str], rows: int, format: str, person: UUID
) -> dict[str, Any]:
    """Return the canonical content."""
    return {
        "portfolios": sorted(set(portfolios)),
        "fields": sorted(set(fields)),
        "rows": rows,
        "format": format,
        "person": str(person),
    }


def check(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a data set that could not be made or fetched."""
    known = catalogue(at)
    if not content["fields"] or any(
        code not in known or not known.get(code).holdable for code in content["fields"]
    ):
        raise CannotApply("masked_fields")
    if not content["portfolios"]:
        raise CannotApply("unknown_portfolio", portfolio="")
    for code in content["portfolios"]:
        portfolio(code)
    if not 1 <= content["rows"] <= MOST_ROWS or content["format"] not in FORMATS:
        raise CannotApply("masked_rows", most=MOST_ROWS)
    acting_for(UUID(content["person"]), at)


def apply(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> MaskedDataset:
    """Let the job begin."""
    check(content, by, at)
    person = acting_for(UUID(content["person"]), at)
    job = jobs.start(
        MASKED, by=person, at=at, parameters={"proposal": str(proposal.pk)}, total=content["rows"]
    )
    return MaskedDataset.objects.create(
        proposal=proposal.pk,
        job=job.pk,
        person_id=UUID(content["person"]),
        person_number=person.number,
        portfolios=content["portfolios"],
        fields=content["fields"],
        most=content["rows"],
        format=content["format"],
        signed_at=at,
    )


def seats(content: Content, at: datetime) -> list[Seat]:
    """Return the one seat: a department head's, other than the person who gets the data set."""
    return [Seat(HEAD, heads(at) - {UUID(content["person"])}, str(NAMES[HEAD]))]


def describe(content: Content) -> list[Line]:
    """Say what it is made from, and who gets it."""
    comma = gettext(", ")
    return [
        Line(_("Portfolios"), after=comma.join(content["portfolios"])),
        Line(_("Fields"), after=comma.join(content["fields"])),
        Line(_("Rows at most"), after=f"{content['rows']:,}"),
        Line(_("Format"), after=content["format"].upper()),
        Line(_("Who fetches it"), after=str(subjects.subject(content))),
        Line(
            _("What it holds"),
            after=_("Pseudonyms under a key that is thrown away; no value of a customer."),
        ),
    ]


KINDS = (
    ProposalKind(
        code=KIND,
        name=_("Masked data set"),
        permission="masked.propose",
        check=check,
        seats=seats,
        apply=apply,
        describe=describe,
    ),
)
