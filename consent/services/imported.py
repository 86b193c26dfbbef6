"""Record existing consents that are brought in with a file; part of the act that brings them, which has the event."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from consent.models import GIVEN, IMPORT, ConsentRecord, NoticeVersion
from consent.services.records import Answer, asked_of, covered, valid_until
from trail.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """One answer of a file. `valid_until`: as the file says, None for the term of the purpose."""

    subject: UUID
    purpose: str
    answer: str
    separate: bool
    method: str
    effective_at: datetime
    valid_until: datetime | None

    def ref(self, notice: str) -> UUID:
        """Return the reference of its record, which is what it says: the same answer twice is one record."""
        until = self.valid_until.isoformat() if self.valid_until else ""
        said = (notice, self.purpose, self.answer, self.separate, self.method, self.effective_at.isoformat())
        return uuid5(self.subject, "|".join(map(str, ("consent.import", *said, until))))


def unknown(rows: Sequence[Brought], version: NoticeVersion) -> list[Brought]:
    """Return the answers that are not recorded yet, each once; one query."""
    refs = {row.ref(version.notice_id): row for row in rows}
    known = set(ConsentRecord.objects.filter(ref__in=refs).values_list("ref", flat=True))
    return [row for ref, row in refs.items() if ref not in known]


def bring_in(
    rows: Collection[Brought], *, version: NoticeVersion, language: str, by: Actor, at: datetime
) -> list[ConsentRecord]:
    """Record answers that `unknown` returned, with source `import`; inside the caller's transaction and event."""
    asked = asked_of(version)
    return ConsentRecord.objects.bulk_create(
        ConsentRecord(
            ref=row.ref(version.notice_id),
            subject=row.subject,
            purpose=row.purpose,
            version=version,
            language=language,
            answer=row.answer,
            fields=covered(asked[row.purpose], Answer(purpose=row.purpose, yes=True, separate=row.separate))
            if row.answer == GIVEN
            else [],
            separate=row.separate,
            method=row.method,
            source=IMPORT,
            captured_by_id=by.id,
            captured_by_number=by.number,
            site=by.site,
            ip=by.ip,
            effective_at=row.effective_at,
            at=at,
            valid_until=(row.valid_until or valid_until(asked[row.purpose], row.effective_at))
            if row.answer == GIVEN
            else None,
        )
        for row in rows
    )
