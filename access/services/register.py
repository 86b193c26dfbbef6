"""The register of the catalogue as a file, XLSX or PDF: every field, in the reader's language.

It holds no customer's value. The event comes first; its number and the person's name stand in the file (S4-58).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access import events
from access.queries.register import Entry, Register, Use, register
from customers.holders import count_holders
from documents import pdf, sheets
from staff.permissions import may
from trail import services as trail
from trail.actor import Actor

XLSX, PDF = "xlsx", "pdf"
LEVELS = (1, 2, 3, 4)


class NotAllowed(Exception):
    """The person's roles do not read the catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """A file for the person who asked."""

    name: str
    content_type: str
    content: bytes


def download(format: str, *, by: Actor, at: datetime) -> Downloaded:
    """Make the whole register of this moment, with its holders counted now.

    :param format: one of `FORMATS`.
    :raises NotAllowed: the person's roles do not read the catalogue.
    """
    content_type, write = FORMATS[format]
    if not may(by, "catalogue.read"):
        raise NotAllowed
    found = register(at, count_holders(at))
    facts = {"format": format, "rows": len(found.entries), "language": get_language() or ""}
    receipt = trail.record(events.REGISTER_DOWNLOADED, by=by, at=at, facts=facts)
    watermark = _("Catalogue register, downloaded by %(name)s (%(number)s), %(at)s, event %(event)s") % {
        "name": by.name,
        "number": by.number,
        "at": _stamp(at),
        "event": receipt.event,
    }
    content = BytesIO()
    write(content, found, watermark, by)
    name = f"custinfo-register-{receipt.event}.{format}"
    return Downloaded(name=name, content_type=content_type, content=content.getvalue())


def _write_xlsx(content: BytesIO, found: Register, watermark: str, by: Actor) -> None:
    columns: list[tuple[str, Callable[[Entry], sheets.Cell]]] = [
        (_("Label"), lambda entry: entry.spec.label),
        (_("Code"), lambda entry: entry.spec.code),
        (_("Chinese name"), lambda entry: entry.spec.name_zh),
        (_("English name"), lambda entry: entry.spec.name_en),
        (_("Level"), lambda entry: entry.spec.level),
        (_("Category"), lambda entry: entry.category),
        (_("Kind"), lambda entry: entry.kind),
        (_("Computed from"), lambda entry: entry.base),
        (_("Search"), lambda entry: entry.search),
        (_("Required"), lambda entry: _yes(entry.spec.required)),
        (_("Sensitive personal information"), lambda entry: _yes(entry.spec.sensitive)),
        (_("Purposes"), lambda entry: _named(entry.uses)),
        (_("Retention"), lambda entry: entry.retention),
        (_("Holders as of %(at)s") % {"at": _stamp(found.counted_at)}, lambda entry: entry.holders),
        (_("Version"), lambda entry: entry.spec.version),
        (_("Signatures"), _signatures),
        (_("Last review"), lambda entry: _day(entry.review.at)),
        (_("Review due"), lambda entry: _day(entry.review.due)),
        (_("Review overdue"), lambda entry: _yes(entry.review.overdue)),
    ]
    sheets.write_xlsx(
        content,
        [name for name, _cell in columns],
        ([cell(entry) for _name, cell in columns] for entry in found.entries),
        properties={"title": _title(), "creator": f"{by.name} ({by.number})", "description": watermark},
        banner=watermark,
        at=found.at,
        sheet=_title(),
    )


def _write_pdf(content: BytesIO, found: Register, watermark: str, by: Actor) -> None:
    pdf.write_pdf(
        content,
        _parts(found),
        fonts=pdf.Fonts(**settings.PDF_FONTS),
        title=_title(),
        author=f"{by.name} ({by.number})",
        language="en" if (get_language() or "").startswith("en") else "zh-CN",
        at=found.at,
        foot=watermark,
        page_words=_("page {page} of {pages}"),
        wide=True,
    )


FORMATS: dict[str, tuple[str, Callable[[BytesIO, Register, str, Actor], None]]] = {
    XLSX: ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _write_xlsx),
    PDF: ("application/pdf", _write_pdf),
}


def _parts(found: Register) -> Iterator[pdf.Part]:
    yield pdf.Heading(_title(), 1)
    yield pdf.KeyValues(
        [
            (_("Fields"), str(len(found.entries))),
            (_("Shipped, not yet confirmed by you"), str(found.unconfirmed)),
            (_("Review overdue"), str(found.overdue)),
            (_("Holders counted at"), _stamp(found.counted_at)),
        ]
    )
    columns = (
        pdf.Column(_("Label"), 2.4),
        pdf.Column(_("Category, kind, search"), 2.2),
        pdf.Column(_("Purposes and retention"), 5),
        pdf.Column(_("Holders"), 1.2, right=True),
        pdf.Column(_("Signatures"), 2.6),
        pdf.Column(_("Last review"), 1.3),
    )
    for level in LEVELS:
        if entries := found.by_level(level):
            yield pdf.Heading(f"L{level}")
            yield pdf.Table(columns, map(_line, entries))


def _line(entry: Entry) -> list[str]:
    marks = [
        _("required") if entry.spec.required else "",
        _("sensitive personal information") if entry.spec.sensitive else "",
        _("computed from %(base)s") % {"base": entry.base} if entry.base else "",
    ]
    return [
        "\n".join((entry.spec.label, " · ".join(filter(None, (entry.spec.code, *marks))))),
        f"{entry.category} · {entry.kind} · {entry.search}",
        "\n".join(
            _("%(term)s: %(purposes)s") % {"term": term, "purposes": _named(uses)}
            for term, uses in entry.terms
        )
        or "–",
        "–" if entry.holders is None else str(entry.holders),
        _signatures(entry),
        "\n".join(filter(None, (_day(entry.review.at), _("overdue") if entry.review.overdue else ""))) or "–",
    ]


def _named(uses: Iterable[Use]) -> str:
    needed = _("%(purpose)s (necessary)")
    return _(", ").join(needed % {"purpose": use.name} if use.necessary else use.name for use in uses)


def _signatures(entry: Entry) -> str:
    if not entry.spec.confirmed:
        return _("shipped, not yet confirmed by you")
    words = _("%(seat)s %(name)s, %(day)s")
    signed = [words % {"seat": one.seat, "name": one.name, "day": _day(one.at)} for one in entry.signatures]
    return _("version %(number)s: ") % {"number": entry.spec.version} + _("; ").join(signed)


def _title() -> str:
    return _("Catalogue register")


def _yes(is_so: bool) -> str:
    return _("yes") if is_so else _("no")


def _day(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d") if at else ""


def _stamp(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
