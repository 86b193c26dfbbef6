"""The proposal of this app: publishing a notice. An officer proposes, a department head signs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat, register
from classification.models import Purpose
from consent.models import Notice, NoticeVersion
from consent.services import notices
from staff.queries import heads
from staff.roles import HEAD, NAMES
from trail.actor import Actor


def _check(content: Content, by: Actor, at: datetime) -> None:
    before = notices.newest(content["notice"], at)
    if (before.number if before else 0) + 1 != content["number"]:
        raise CannotApply("changed_meanwhile")


def _apply(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> NoticeVersion:
    Notice.objects.select_for_update().get(code=content["notice"])
    _check(content, by, at)
    return notices.publish(content, proposal=proposal, by=by, at=at)


def _seats(content: Content, at: datetime) -> Sequence[Seat]:
    return [Seat(HEAD, heads(at), str(NAMES[HEAD]))]


def _describe(content: Content) -> Sequence[Line]:
    before = NoticeVersion.objects.filter(notice_id=content["notice"], number=content["number"] - 1).first()
    was = {one.language: one for one in before.texts.all()} if before else {}
    lines = [
        Line(_("Notice"), after=str(Notice.objects.get(code=content["notice"]))),
        Line(_("Version"), str(before.number) if before else "", str(content["number"])),
        Line(
            _("Purposes"),
            _named([one["code"] for one in before.purposes]) if before else "",
            _named([one["code"] for one in content["purposes"]]),
        ),
        Line(_("Consents that have to be renewed"), after=_named(content["renews"])),
    ]
    for language, text in content["texts"].items():
        earlier = {one["code"]: one for one in was[language].sections} if language in was else {}
        lines += [
            Line(f"{section['title']} ({language})", _said(earlier.get(section["code"])), _said(section))
            for section in text["sections"]
            if earlier.get(section["code"]) != section
        ]
        lines.append(
            Line(f"SHA-256 ({language})", was[language].sha256 if language in was else "", text["sha256"])
        )
    return lines


def _named(codes: Sequence[str]) -> str:
    names = {one.code: str(one) for one in Purpose.objects.filter(code__in=codes)}
    return gettext(", ").join(names.get(code, code) for code in codes)


def _said(section: dict[str, object] | None) -> str:
    if section is None:
        return ""
    items = section["items"]
    assert isinstance(items, list)
    return "\n".join(part for part in (str(section["text"]), *map(str, items)) if part)


def register_kinds() -> None:
    """Register the kinds of proposal of this app."""
    register(
        ProposalKind(
            code=notices.PUBLISH,
            name=_("Publication of a notice"),
            seats=_seats,
            apply=_apply,
            describe=_describe,
            check=_check,
            permission="notices.propose",
            lifetime=timedelta(days=14),
        )
    )
