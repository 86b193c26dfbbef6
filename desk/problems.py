"""Report a problem, by name or anonymously, and read reports: the words are sealed, the event is an alarm.

The audit makes a finding of each within a minute (S2-40, S3-9).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from desk.events import PROBLEM_READ, PROBLEM_REPORTED
from files.models import SealedText
from files.services import put_text, read_text
from staff.queries import holders_of
from staff.roles import OFFICER
from staff.services.notifications import notify
from trail import services as trail
from trail.actor import Actor
from trail.models import Event

ABOUT = "problem.report"
NOBODY = Actor(id=None, number="anonymous", name="")
"""Who reports without a name: no person, no session, no address, no place."""


@dataclass(frozen=True, slots=True)
class Reported:
    """One report as the list shows it, without its words."""

    id: UUID
    at: datetime
    number: str
    name: str
    page: str


class NoSuchReport(LookupError):
    """There is no report of this id."""


def report(text: str, *, page: str, by: Actor, at: datetime, about: UUID | None = None) -> UUID:
    """Seal a report, raise the alarm and tell the data security officers.

    :param page: the URL name of the page it is about, empty when unknown.
    :param about: the customer it concerns, if the reporter named one.
    """
    with transaction.atomic():
        concerns = [about] if about else []
        id = put_text(text, about=ABOUT, subject=None, concerns=concerns, by=by, at=at)
        trail.record(PROBLEM_REPORTED, by=by, at=at, facts={"report": str(id), "page": page[:80]})
        officers = holders_of(OFFICER, at) - {by.id}
        notify(officers, "problem_reported", link=reverse("desk:problem", args=[id]), at=at)
    return id


def report_anonymously(text: str, *, at: datetime, about: UUID | None = None) -> UUID:
    """Seal a report of which nothing says who wrote it: neither the event nor the text, and no page either."""
    return report(text, page="", by=NOBODY, at=at, about=about)


def read(id: UUID, *, by: Actor, at: datetime) -> str:
    """Record that somebody reads a report and return its words.

    :raises NoSuchReport: there is none.
    """
    if not SealedText.objects.filter(pk=id, about=ABOUT).exists():
        raise NoSuchReport
    receipt = trail.record(PROBLEM_READ, by=by, at=at, facts={"report": str(id)}, opens=[id])
    return read_text(id, receipt=receipt)


def described(events: list[Event]) -> list[Reported]:
    """Return what the list shows of these events."""
    return [
        Reported(
            id=UUID(event.facts["report"]),
            at=event.at,
            number=event.actor_number,
            name=event.actor_name,
            page=event.facts["page"],
        )
        for event in events
    ]


def mine(by: Actor) -> list[SealedText]:
    """Return this person's own reports, newest first."""
    return list(SealedText.objects.filter(about=ABOUT, writer_id=by.id).order_by("-created_at")[:20])


def is_writer(id: UUID, by: Actor) -> bool:
    """Tell whether this person wrote the report."""
    return SealedText.objects.filter(pk=id, about=ABOUT, writer_id=by.id).exists()


def of_report(id: UUID) -> SealedText | None:
    """Return the row of a report, still sealed."""
    return SealedText.objects.filter(pk=id, about=ABOUT).first()
