"""What the pages of notices receive: frozen, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from approvals.models import Proposal
from classification.models import Purpose
from classification.purposes import PurposeSpec, purposes
from classification.queries import catalogue
from consent import drafting
from consent.models import LANGUAGES, Notice, NoticeDraft, NoticeVersion
from consent.queries.published import NoticeShown, PublishedVersion, Section, published
from consent.queries.published import notice as published_text
from consent.queries.states import to_renew
from consent.services.notices import PUBLISH
from desk.forms_notices import LANGUAGE_NAMES, kinds
from desk.shown_decisions import signers_of
from staff.queries import Controller


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftState:
    """What is being written, and whether it waits for a signature."""

    written_at: datetime | None
    writer: str
    proposal: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One notice in the list: the version in force, the next one, and the consents that wait for renewal."""

    code: str
    name: str
    kind: str
    channel: str
    version: PublishedVersion | None
    digests: tuple[tuple[str, str], ...]
    draft: DraftState
    to_renew: int
    outdated: tuple[str, ...]
    """Purposes that have changed or ended since this version was published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPage:
    """One published version, in both languages side by side."""

    number: int
    published_at: datetime
    current: bool
    texts: tuple[tuple[str, NoticeShown], ...]
    purposes: tuple[str, ...]
    renews: tuple[str, ...]
    signers: tuple[str, ...]
    proposal: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The text of a draft in one language, as customers would read it; `empty` are sections still to be written."""

    language: str
    name: str
    title: str
    sections: tuple[tuple[Section, bool], ...]


def lines_of(at: datetime) -> list[NoticeLine]:
    """Return every notice, published or not, in a constant number of queries."""
    found = {one.code: one.versions for one in published(at)}
    newest = _newest(at)
    in_force, drafts, renewals = purposes(at), _drafts(at), to_renew(at)
    lines = []
    for notice in Notice.objects.all():
        versions = found.get(notice.code, ())
        version = versions[0] if versions else None
        lines.append(
            NoticeLine(
                code=notice.code,
                name=str(notice),
                kind=str(dict(kinds())[notice.kind]),
                channel=notice.get_channel_display(),
                version=version,
                digests=digests_of(version.sha256) if version else (),
                draft=drafts.get(notice.code, DraftState(written_at=None, writer="", proposal=None)),
                to_renew=renewals.get(notice.code, 0),
                outdated=_outdated(newest.get(notice.code), in_force),
            )
        )
    return lines


def draft_state(notice: Notice, at: datetime) -> DraftState:
    """Return how far the next version of a notice is."""
    return _drafts(at).get(notice.code, DraftState(written_at=None, writer="", proposal=None))


def versions_of(notice: Notice, at: datetime) -> tuple[PublishedVersion, ...]:
    """Return the published versions of a notice, the newest first."""
    return next((one.versions for one in published(at) if one.code == notice.code), ())


def version_page(notice: Notice, number: int, at: datetime) -> VersionPage | None:
    """Return one published version, or None where there is none of this number."""
    row = NoticeVersion.objects.filter(notice=notice, number=number, published_at__lte=at).first()
    if row is None:
        return None
    texts = [(one, published_text(notice.code, number, one, at)) for one in LANGUAGES]
    names = _purpose_names([*(one["code"] for one in row.purposes), *row.renews])
    return VersionPage(
        number=number,
        published_at=row.published_at,
        current=all(text.current for _language, text in texts if text),
        texts=tuple((LANGUAGE_NAMES[language], text) for language, text in texts if text),
        purposes=tuple(names[one["code"]] for one in row.purposes),
        renews=tuple(names[code] for code in row.renews),
        signers=signers_of([row.proposal]).get(row.proposal, ()),
        proposal=row.proposal,
    )


def previews_of(draft: NoticeDraft, controller: Controller, at: datetime) -> list[Preview]:
    """Return the text of a draft as far as it is written, in both languages."""
    in_force = purposes(at)
    chosen = [in_force[code] for code in draft.purposes if code in in_force]
    made = drafting.so_far(draft.notice.kind, draft.typed, chosen, catalogue(at), controller)
    return [
        Preview(
            language=language,
            name=LANGUAGE_NAMES[language],
            title=draft.notice.names[language],
            sections=tuple(
                (section, drafting.is_empty(section))
                for section in sections
                if section.text or section.items or drafting.is_empty(section)
            ),
        )
        for language, sections in made.items()
    ]


def missing_words(missing: Iterable[tuple[str, str]]) -> list[str]:
    """Name the empty sections, each with its language."""
    return [
        _("%(language)s: “%(section)s” is empty.")
        % {"language": LANGUAGE_NAMES[language], "section": drafting.TITLES[section]}
        for language, section in missing
    ]


def _drafts(at: datetime) -> dict[str, DraftState]:
    waiting: dict[str, UUID] = {}
    for one in Proposal.objects.waiting(at).filter(kind=PUBLISH).order_by("proposed_at"):
        waiting[one.content["notice"]] = one.pk
    return {
        row.notice_id: DraftState(
            written_at=row.written_at, writer=row.writer_number, proposal=waiting.get(row.notice_id)
        )
        for row in NoticeDraft.objects.all()
    }


def _newest(at: datetime) -> dict[str, NoticeVersion]:
    rows = NoticeVersion.objects.filter(published_at__lte=at).order_by("notice_id", "number")
    return {row.notice_id: row for row in rows}


def _outdated(version: NoticeVersion | None, in_force: Mapping[str, PurposeSpec]) -> tuple[str, ...]:
    if version is None:
        return ()
    told = {str(one["code"]): one["version"] for one in version.purposes}
    changed = [
        code for code, number in told.items() if code not in in_force or in_force[code].version != number
    ]
    names = _purpose_names(changed)
    return tuple(names[code] for code in changed)


def _purpose_names(codes: Sequence[str]) -> dict[str, str]:
    found = {one.code: str(one) for one in Purpose.objects.filter(code__in=codes)} if codes else {}
    return {code: found.get(code, code) for code in codes}


def digests_of(sha256: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the SHA-256 of a version by language, each language in its own words."""
    return tuple((LANGUAGE_NAMES[one], sha256[one]) for one in LANGUAGES if one in sha256)
