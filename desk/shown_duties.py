"""What the pages of undertakings and training receive: frozen, in words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise

from staff.duties import Course, Duties
from staff.models.duties import methods
from staff.undertakings import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class TextShown:
    """The text of an undertaking in the reader's language."""

    version: str
    hash: str
    title: str
    paragraphs: tuple[str, ...]

    @classmethod
    def of(cls, text: Text, language: str) -> "TextShown":
        """Take the words of one language."""
        return cls(
            version=text.version, hash=text.hash, title=text.title(language), paragraphs=text.said(language)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DutiesLine:
    """One person with what they have signed and passed."""

    person: str
    signed_at: datetime | None
    signed_until: datetime | None
    method: str | Promise
    file: UUID | None
    courses: tuple[Course, ...]
    complete: bool

    @classmethod
    def of(cls, duties: Duties) -> "DutiesLine":
        """Put one person's duties in words."""
        signed = duties.signed
        return cls(
            person=str(duties.person),
            signed_at=signed.at if signed else None,
            signed_until=signed.until if signed else None,
            method=dict(methods())[signed.method] if signed else "",
            file=signed.file if signed else None,
            courses=duties.courses,
            complete=duties.complete,
        )
