"""Write, propose and publish notices. What is published was signed by a head and never changes (PIPL 17)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from approvals import services as approvals
from approvals.models import Proposal
from classification import purposes as known_purposes
from classification.queries import catalogue
from consent import drafting, events
from consent.models import LANGUAGES, NOTICE, POLICY, Notice, NoticeDraft, NoticeText, NoticeVersion
from staff.permissions import may
from staff.queries import organisation
from staff.services.people import NotAllowed
from trail import services as trail
from trail.actor import Actor

PUBLISH = "notice.publish"
CHANGES = "changes"
"""In what is typed, beside the sections: what a new version changes."""


class NoOrganisation(LookupError):
    """Nobody has said yet who handles the information, so no notice can name them (PIPL 17)."""


class BadDraft(ValueError):
    """The draft cannot be kept; `code` says why: unknown_purpose, too_long, no_purpose, no_changes."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def add_notice(
    code: str, *, channel: str, name_zh: str, name_en: str, kind: str = NOTICE, by: Actor, at: datetime
) -> Notice:
    """Begin a notice for a channel; it says nothing until a version is published."""
    _insist(by)
    with transaction.atomic():
        notice, _made = Notice.objects.get_or_create(
            code=code,
            defaults={"kind": kind, "channel": channel, "name_zh": name_zh, "name_en": name_en},
        )
        trail.record(
            events.NOTICE_DRAFTED,
            by=by,
            at=at,
            facts={"notice": notice.code, "purposes": [], "renews": []},
        )
    return notice


def write_draft(
    notice: Notice,
    *,
    typed: drafting.Typed,
    purposes: Collection[str] = (),
    renews: Collection[str] = (),
    by: Actor,
    at: datetime,
) -> NoticeDraft:
    """Keep what was written so far, complete or not.

    :raises BadDraft: a purpose that is not in force, or a section that is too long.
    """
    writer = _insist(by)
    in_force = known_purposes.purposes(at)
    if not {*purposes, *renews} <= set(in_force):
        raise BadDraft("unknown_purpose")
    kept = {
        language: {code: text for code, text in typed.get(language, {}).items() if text.strip()}
        for language in LANGUAGES
    }
    if any(len(text) > drafting.LONGEST_SECTION for texts in kept.values() for text in texts.values()):
        raise BadDraft("too_long")
    with transaction.atomic():
        draft, _made = NoticeDraft.objects.update_or_create(
            notice=notice,
            defaults={
                "typed": kept,
                "purposes": [code for code in in_force if code in set(purposes)],
                "renews": [code for code in in_force if code in set(renews)],
                "writer_id": writer,
                "writer_number": by.number,
                "written_at": at,
            },
        )
        facts = {"notice": notice.code, "purposes": draft.purposes, "renews": draft.renews}
        trail.record(events.NOTICE_DRAFTED, by=by, at=at, facts=facts)
    return draft


def content_of(draft: NoticeDraft, at: datetime) -> dict[str, Any]:
    """Put the draft together: exactly what will be signed and published.

    :raises NoOrganisation: see there.
    :raises BadDraft: no_purpose, no_changes.
    :raises consent.drafting.Incomplete: naming the empty sections.
    """
    controller = organisation()
    if controller is None:
        raise NoOrganisation
    notice, known, in_force = draft.notice, catalogue(at), known_purposes.purposes(at)
    chosen = [in_force[code] for code in draft.purposes if code in in_force]
    if notice.kind == NOTICE and not chosen:
        raise BadDraft("no_purpose")
    before = newest(notice.code, at)
    changes = {language: draft.typed.get(language, {}).get(CHANGES, "") for language in LANGUAGES}
    if before is not None and not all(changes.values()):
        raise BadDraft("no_changes")
    texts = drafting.texts_of(notice.kind, draft.typed, chosen, known, controller)
    return {
        "notice": notice.code,
        "number": before.number + 1 if before else 1,
        "purposes": drafting.snapshot(chosen, known) if notice.kind != POLICY else [],
        "changes": changes if before else {},
        "renews": [code for code in draft.renews if before],
        "texts": {
            language: {
                "sections": [
                    {"code": one.code, "title": one.title, "text": one.text, "items": list(one.items)}
                    for one in sections
                ],
                "sha256": drafting.digest(notice.names[language], sections),
            }
            for language, sections in texts.items()
        },
    }


def propose(draft: NoticeDraft, *, reason: str, by: Actor, at: datetime) -> Proposal:
    """Lay the draft before a department head.

    :raises NoOrganisation, BadDraft, consent.drafting.Incomplete: as `content_of`.
    """
    return approvals.propose(PUBLISH, content=content_of(draft, at), reason_text=reason, by=by, at=at)


def publish(content: Mapping[str, Any], *, proposal: Proposal, by: Actor, at: datetime) -> NoticeVersion:
    """Publish what was signed; part of the transaction of the last signature."""
    version = NoticeVersion.objects.create(
        notice_id=content["notice"],
        number=content["number"],
        purposes=content["purposes"],
        changes=content["changes"],
        renews=content["renews"],
        published_at=at,
        proposal=proposal.pk,
    )
    NoticeText.objects.bulk_create(
        NoticeText(version=version, language=language, sections=text["sections"], sha256=text["sha256"])
        for language, text in content["texts"].items()
    )
    NoticeDraft.objects.filter(notice_id=content["notice"]).delete()
    trail.record(
        events.NOTICE_PUBLISHED,
        by=by,
        at=at,
        facts={
            "notice": version.notice_id,
            "version": version.number,
            "languages": sorted(content["texts"]),
            "sha256": [content["texts"][language]["sha256"] for language in sorted(content["texts"])],
            "renews": list(version.renews),
            "proposal": str(proposal.pk),
        },
    )
    return version


def newest(code: str, at: datetime) -> NoticeVersion | None:
    """Return the version of a notice that is in force, if one was published."""
    return NoticeVersion.objects.filter(notice_id=code, published_at__lte=at).order_by("-number").first()


def _insist(by: Actor) -> UUID:
    if by.id is None or not may(by, "notices.propose"):
        raise NotAllowed("notices.propose")
    return by.id
