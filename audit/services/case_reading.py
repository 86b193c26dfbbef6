"""Read what was written and attached in a case; that somebody did is an event first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from audit import events
from audit.models import Case, CaseEntry, Finding
from audit.queries import cases
from audit.queries.cases import CaseStanding
from audit.services.cases import may_read
from files import services as files
from files import showing
from files.copies import Copy
from staff.permissions import may
from trail import services as trail
from trail.actor import Actor


@dataclass(frozen=True, slots=True)
class Read:
    """A case with its entries, earliest first, and the words of those that this person may read."""

    standing: CaseStanding
    entries: Sequence[CaseEntry]
    words: Mapping[UUID, str]


def read(id: int, *, by: Actor, at: datetime) -> Read:
    """Return a case; its sealed words are for those who decide.

    :raises Case.DoesNotExist: there is none for this reader.
    """
    rows = cases.standing(cases.cases(at).filter(pk=id), at)
    if not rows or not may_read(id, by, at):
        raise Case.DoesNotExist
    entries = list(CaseEntry.objects.filter(case=id, at__lte=at))
    texts = [entry.text for entry in entries if entry.text is not None and _reads_words(by)]
    facts = {"case": id, "texts": len(texts)}
    receipt = trail.record(events.CASE_READ, by=by, at=at, facts=facts, opens=texts)
    return Read(rows[0], entries, files.read_texts(texts, receipt=receipt) if texts else {})


def words_of_finding(row: Finding, *, by: Actor, at: datetime) -> str:
    """Return with which words a finding was explained, to those who decide; "" for others."""
    if row.words is None or not _reads_words(by) or row.person == by.id:
        return ""
    facts = {"finding": str(row.pk), "events": 0}
    receipt = trail.record(events.FINDING_READ, by=by, at=at, facts=facts, opens=[row.words])
    return files.read_text(row.words, receipt=receipt)


def attachment(id: int, entry: int, *, by: Actor, at: datetime) -> Copy:
    """Return a stamped copy of a file of a case to somebody who decides it.

    :raises Case.DoesNotExist: there is none for this reader, or no such file in it.
    :raises files.services.NotReadable: its term is over.
    :raises files.copies.Unreadable: no stamped copy can be made of it.
    """
    row = CaseEntry.objects.filter(case=id, pk=entry, file__isnull=False).first()
    if row is None or row.file is None or not may_read(id, by, at) or not _reads_words(by):
        raise Case.DoesNotExist
    facts = {"case": id, "file": str(row.file)}
    receipt = trail.record(events.ATTACHMENT_READ, by=by, at=at, facts=facts, opens=[row.file])
    return showing.show(row.file, name=f"case-{id}", by=by, at=at, receipt=receipt)


def _reads_words(by: Actor) -> bool:
    """Return whether this person reads sealed words: deciders do, auditors read that there are some."""
    return may(by, "findings.decide") or not may(by, "findings.read")
