"""Published notices and the security policy, as anybody may read them (S3-25, S4-8, PIPL 17)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from consent.models import Notice, NoticeText, NoticeVersion

TITLE = "title"


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a text: a title, a paragraph, and what is listed under it."""

    code: str
    title: str
    text: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """One published version: what changed, and the SHA-256 of each language."""

    number: int
    published_at: datetime
    changes: Mapping[str, str]
    sha256: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PublishedNotice:
    """A notice with its versions, the newest first."""

    code: str
    kind: str
    names: Mapping[str, str]
    channel: str
    versions: tuple[PublishedVersion, ...]


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """One version in one language, to be read."""

    code: str
    kind: str
    number: int
    language: str
    title: str
    published_at: datetime
    changes: str
    sha256: str
    current: bool
    sections: tuple[Section, ...]


def published(at: datetime) -> tuple[PublishedNotice, ...]:
    """Return every notice with a published version, in two queries."""
    digests: dict[int, dict[str, str]] = defaultdict(dict)
    texts = NoticeText.objects.filter(version__published_at__lte=at)
    for version, language, sha256 in texts.values_list("version_id", "language", "sha256"):
        digests[version][language] = sha256
    found: dict[str, list[PublishedVersion]] = defaultdict(list)
    notices: dict[str, Notice] = {}
    rows = NoticeVersion.objects.filter(published_at__lte=at).select_related("notice")
    for row in rows.order_by("notice__kind", "notice_id", "-number"):
        notices[row.notice_id] = row.notice
        found[row.notice_id].append(
            PublishedVersion(row.number, row.published_at, row.changes, digests[row.pk])
        )
    return tuple(
        PublishedNotice(code, one.kind, one.names, one.channel, tuple(found[code]))
        for code, one in notices.items()
    )


def notice(code: str, number: int, language: str, at: datetime) -> NoticeShown | None:
    """Return one version in one language; None where nothing of that was published."""
    text = (
        NoticeText.objects.filter(version__notice_id=code, version__number=number, language=language)
        .filter(version__published_at__lte=at)
        .select_related("version__notice")
        .first()
    )
    if text is None:
        return None
    version = text.version
    newer = NoticeVersion.objects.filter(notice_id=code, number__gt=number, published_at__lte=at)
    return NoticeShown(
        code=code,
        kind=version.notice.kind,
        number=number,
        language=language,
        title=version.notice.names[language],
        published_at=version.published_at,
        changes=version.changes.get(language, ""),
        sha256=text.sha256,
        current=not newer.exists(),
        sections=sections_of(text),
    )


def sections_of(text: NoticeText) -> tuple[Section, ...]:
    """Return the sections of a published text."""
    return tuple(
        Section(one["code"], one["title"], one["text"], tuple(one["items"])) for one in text.sections
    )


def latest(at: datetime) -> list[NoticeVersion]:
    """Return the version in force of each notice that asks for consent, with its notice."""
    rows = NoticeVersion.objects.filter(published_at__lte=at, notice__kind="notice")
    return list(rows.order_by("notice_id", "-number").distinct("notice_id").select_related("notice"))
