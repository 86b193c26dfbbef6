"""Cases: take a finding, hand it on, note, attach, decide (S0-42). What is written stays; later entries count."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

from django.db import transaction

from audit import events
from audit.deciding import may_decide
from audit.models import Case, CaseEntry, Finding
from audit.models import cases as kinds
from audit.queries import cases
from audit.queries.cases import CaseStanding
from audit.queries.concerned import concerned_in
from audit.services import holding
from audit.services.findings import take_open
from files.deposits import media_type
from files.services import put_file, put_text
from lawbook.queries import fact
from staff.models import Person
from staff.permissions import may
from staff.queries import acting, roles_of
from staff.roles import OFFICER
from staff.services.notifications import notify
from trail import services as trail
from trail.actor import Actor
from vault.opening import EVIDENCE

USUAL = timedelta(days=14)
LONGEST = timedelta(days=180)
ABOUT = "case."
KEPT = "processing_record_keep"
FILE_PURPOSE = "case.attachment"
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


class NotDone(Exception):
    """Nothing happened in the case.

    `not_yours` (oneself, or no role for it), `closed` (it is decided), `open` (it is not), `bad_due` (the new time lies
    behind or too far ahead), `bad_owner` (who cannot own it: about themselves, no officer, not working).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def take(finding: UUID, *, due_at: datetime, by: Actor, at: datetime) -> Case:
    """Open a case from a finding and own it; its clock runs until `due_at`.

    :raises Finding.DoesNotExist: there is none.
    :raises audit.services.findings.NotDecided: it is not this person's, or somebody was first.
    :raises NotDone: bad_due.
    :raises audit.services.holding.SignedMeanwhile: begin again.
    """
    _insist_due(due_at, at)
    with transaction.atomic():
        row = take_open(finding, by, at)
        case = Case.objects.create(opened_at=at)
        _join(row, case, at)
        _enter(case, kinds.OPENED, by, at, owner=(by.id, by.number, by.name), due_at=due_at)
        facts = {
            "case": case.pk,
            "finding": str(finding),
            "person": str(row.person or ""),
            "owner": str(by.id),
            "deadline": due_at.isoformat(),
        }
        trail.record(events.CASE_OPENED, by=by, at=at, facts=facts)
    return case


def join(finding: UUID, case: int, *, by: Actor, at: datetime) -> None:
    """Add an open finding to an open case.

    :raises Finding.DoesNotExist, Case.DoesNotExist: there is none.
    :raises audit.services.findings.NotDecided, NotDone: with the reason.
    """
    with transaction.atomic():
        row = take_open(finding, by, at)
        standing = _mine(case, by, at)
        _join(row, standing.case, at)
        _enter(standing.case, kinds.JOINED, by, at)
        facts = {"case": case, "finding": str(finding), "person": str(row.person or "")}
        trail.record(events.CASE_JOINED, by=by, at=at, facts=facts)


def hand(case: int, *, to: UUID, by: Actor, at: datetime) -> None:
    """Give an open case to another officer, who is told.

    :raises Case.DoesNotExist, NotDone: as `note`; `bad_owner`.
    """
    with transaction.atomic():
        standing = _mine(case, by, at)
        person = Person.objects.filter(pk=to).first()
        if person is None or not can_own(person, people_of(case), at):
            raise NotDone("bad_owner")
        _enter(standing.case, kinds.HANDED, by, at, owner=(person.pk, person.number, person.name))
        trail.record(events.CASE_HANDED, by=by, at=at, facts={"case": case, "owner": str(to)})
        if to != by.id:
            notify([to], "case_handed", params={"case": case, "name": by.name}, link=f"/cases/{case}/", at=at)


def move_due(case: int, *, due_at: datetime, reason: str, by: Actor, at: datetime) -> None:
    """Set another time for an open case, with the reason.

    :raises Case.DoesNotExist, NotDone: as `note`; `bad_due`.
    """
    _insist_due(due_at, at)
    with transaction.atomic():
        standing = _mine(case, by, at)
        text = _enter(standing.case, kinds.DUE, by, at, words=reason, due_at=due_at)
        facts = {"case": case, "deadline": due_at.isoformat(), "text": text}
        trail.record(events.CASE_DUE, by=by, at=at, facts=facts)


def note(case: int, *, words: str, by: Actor, at: datetime) -> None:
    """Write a sealed note into an open case.

    :raises Case.DoesNotExist: there is none.
    :raises NotDone: not_yours, closed.
    """
    with transaction.atomic():
        standing = _mine(case, by, at)
        text = _enter(standing.case, kinds.NOTED, by, at, words=words)
        trail.record(events.CASE_NOTED, by=by, at=at, facts={"case": case, "text": text})


def attach(case: int, *, content: bytes, by: Actor, at: datetime) -> None:
    """Add a sealed file (PDF, PNG or JPEG, at most 10 MB) to an open case; kept for as long as records of processing.

    :raises Case.DoesNotExist, NotDone: as `note`.
    :raises files.deposits.NotAccepted: the file is of another type, or too large.
    """
    ending = ENDINGS[media_type(content)]
    with transaction.atomic():
        standing = _mine(case, by, at)
        file = put_file(
            BytesIO(content),
            name=f"case-{case}.{ending}",
            purpose=FILE_PURPOSE,
            by=by,
            at=at,
            domain=EVIDENCE,
            keep_until=fact(KEPT, at).term.after(at),
        )
        _enter(standing.case, kinds.ATTACHED, by, at, file=file.pk)
        trail.record(events.CASE_ATTACHED, by=by, at=at, facts={"case": case, "file": str(file.pk)})


def decide(case: int, *, decision: str, words: str, by: Actor, at: datetime) -> None:
    """Close an open case with what it came to, for all its findings.

    :raises Case.DoesNotExist, NotDone: as `note`.
    """
    if decision not in kinds.DECISIONS:
        raise ValueError(decision)
    with transaction.atomic():
        standing = _mine(case, by, at)
        text = _enter(standing.case, kinds.DECIDED, by, at, words=words, decision=decision)
        about = people_of(case)
        facts = {
            "case": case,
            "decision": decision,
            "findings": Finding.objects.filter(case=case).count(),
            "people": sorted(str(person) for person in about),
            "text": text,
        }
        trail.record(events.CASE_DECIDED, by=by, at=at, facts=facts)


def reopen(case: int, *, reason: str, by: Actor, at: datetime) -> None:
    """Open a decided case again, because something came up; what was decided stays in its history.

    :raises Case.DoesNotExist: there is none.
    :raises NotDone: not_yours, open.
    """
    with transaction.atomic():
        standing = _mine(case, by, at, closed=True)
        text = _enter(
            standing.case,
            kinds.REOPENED,
            by,
            at,
            words=reason,
            owner=(by.id, by.number, by.name),
            due_at=at + USUAL,
        )
        trail.record(events.CASE_REOPENED, by=by, at=at, facts={"case": case, "text": text})


def people_of(case: int) -> set[UUID]:
    """Return everybody whom a case is about."""
    found = Finding.objects.filter(case=case, person__isnull=False).values_list("person", flat=True)
    return {person for person in found if person is not None}


def can_own(person: Person, about: Collection[UUID], at: datetime) -> bool:
    """Return whether a case about these people can be this person's."""
    return person.pk not in about and OFFICER in roles_of(person, at) and person.pk in acting([person.pk], at)


def may_read(case: int, by: Actor, at: datetime) -> bool:
    """Return whether this person reads a case: whoever reads findings or decides it, never whom it is about."""
    about = people_of(case)
    # SECURITY: what is written in a case is not for whom it is about.
    return by.id not in about and (may(by, "findings.read") or may_decide(by, about, at))


def _mine(case: int, by: Actor, at: datetime, *, closed: bool = False) -> CaseStanding:
    """Return a case, locked, as it stands; it is this person's to work on, and open (or `closed`)."""
    holding.begin(at)
    Case.objects.select_for_update().get(pk=case)
    if not may_decide(by, people_of(case), at):
        raise NotDone("not_yours")
    (standing,) = cases.standing(cases.cases(at).filter(pk=case), at)
    if standing.is_open == closed:
        raise NotDone("open" if closed else "closed")
    return standing


def _join(row: Finding, case: Case, at: datetime) -> None:
    row.case, row.joined_at = case, at
    row.save(update_fields=["case", "joined_at"])


def _enter(
    case: Case,
    kind: str,
    by: Actor,
    at: datetime,
    *,
    words: str = "",
    owner: tuple[UUID | None, str, str] | None = None,
    due_at: datetime | None = None,
    decision: str = "",
    file: UUID | None = None,
) -> str:
    """Write an entry; return the id of its sealed words, "" without any."""
    text = None
    if words:
        concerned = concerned_in(case.findings.all())
        text = put_text(words, about=ABOUT + kind, subject=None, concerns=concerned, by=by, at=at)
    assert by.id is not None
    id, number, name = owner or (None, "", "")
    CaseEntry.objects.create(
        case=case,
        at=at,
        kind=kind,
        by_id=by.id,
        by_number=by.number,
        by_name=by.name,
        owner=id,
        owner_number=number,
        owner_name=name,
        due_at=due_at,
        decision=decision,
        text=text,
        file=file,
    )
    return str(text or "")


def _insist_due(due_at: datetime, at: datetime) -> None:
    if not at < due_at <= at + LONGEST:
        raise NotDone("bad_due")
