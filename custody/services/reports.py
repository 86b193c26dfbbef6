"""The key register as a file, PDF or CSV, in the reader's language.

The event comes first; its number and the person's name stand in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from custody.events import REGISTER_DOWNLOADED
from custody.queries.register import Register, register
from custody.words import ACTS, DUES, STATES, opened
from documents import pdf, sheets
from staff.permissions import may
from trail import services as trail
from trail.actor import Actor
from vault.queries import ALGORITHM


class NotAllowed(Exception):
    """The person's roles do not read the key register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """A file for the person who asked."""

    name: str
    content_type: str
    content: bytes


def download(format: str, *, by: Actor, at: datetime) -> Downloaded:
    """Make the register of this moment.

    :param format: one of `FORMATS`.
    :raises NotAllowed: the person's roles do not read it.
    """
    content_type, write = FORMATS[format]
    if not may(by, "keys.read"):
        raise NotAllowed
    facts = {"format": format, "language": get_language() or ""}
    receipt = trail.record(REGISTER_DOWNLOADED, by=by, at=at, facts=facts)
    watermark = _("Key register, downloaded by %(name)s (%(number)s), %(at)s, event %(event)s") % {
        "name": by.name,
        "number": by.number,
        "at": _stamp(at),
        "event": receipt.event,
    }
    content = BytesIO()
    write(content, register(at), watermark, by, at)
    name = f"custinfo-keys-{receipt.event}.{format}"
    return Downloaded(name=name, content_type=content_type, content=content.getvalue())


def _write_csv(content: BytesIO, found: Register, watermark: str, by: Actor, at: datetime) -> None:
    sheets.write_csv(content, _columns(), _rows(found), banner=watermark)


def _write_pdf(content: BytesIO, found: Register, watermark: str, by: Actor, at: datetime) -> None:
    pdf.write_pdf(
        content,
        _parts(found),
        fonts=pdf.Fonts(**settings.PDF_FONTS),
        title=_("Key register"),
        author=f"{by.name} ({by.number})",
        language="en" if (get_language() or "").startswith("en") else "zh-CN",
        at=at,
        foot=watermark,
        page_words=_("page {page} of {pages}"),
        wide=True,
    )


FORMATS: dict[str, tuple[str, Callable[[BytesIO, Register, str, Actor, datetime], None]]] = {
    "pdf": ("application/pdf", _write_pdf),
    "csv": ("text/csv; charset=utf-8", _write_csv),
}


def _columns() -> Sequence[str]:
    return (
        _("Version"),
        _("Algorithm"),
        _("State"),
        _("Made"),
        _("Promoted"),
        _("Destroyed"),
        _("Custodians"),
        _("Data keys"),
        _("Wrapped in its life"),
    )


def _rows(found: Register) -> Iterable[Sequence[str]]:
    for line in found.keys.keks:
        state = str(STATES[line.state])
        yield (
            str(line.version),
            ALGORITHM,
            f"{state}, {_('compromised')}" if line.compromised else state,
            _stamp(line.made_at),
            _stamp(line.promoted_at),
            _stamp(line.destroyed_at),
            ", ".join(found.custodians[line.version]),
            str(line.data_keys),
            str(line.wraps),
        )


def _parts(found: Register) -> Iterator[pdf.Part]:
    yield pdf.Heading(_("Key register"), 1)
    yield pdf.KeyValues(_facts(found))
    yield pdf.Heading(_("Master keys (KEK)"))
    yield _table(_columns(), (0.6, 1, 1.4, 1.1, 1.1, 1.1, 1.2, 0.8, 0.9), _rows(found))
    yield pdf.Heading(_("Data keys by domain"))
    yield _table(
        (_("Key domain"), _("Data keys"), _("Highest version"), _("Oldest")),
        (1, 1, 1, 1),
        (
            (line.domain, str(line.data_keys), str(line.highest_version), _stamp(line.oldest))
            for line in found.keys.domains
        ),
    )
    yield pdf.Heading(_("Acts signed by two custodians"))
    yield _table(
        (_("Key act"), _("Signed at"), _("Custodians")),
        (2, 1, 1),
        ((str(ACTS[one.kind]), _stamp(one.at), ", ".join(one.people)) for one in found.done),
    )
    yield pdf.Heading(_("Escrow drills"))
    yield _table(
        (_("Held on"), _("What was brought back"), _("Result")),
        (1, 2, 1),
        ((one.held_on.isoformat(), str(one.get_copy_display()), opened(one.opened)) for one in found.drills),
    )


def _facts(found: Register) -> Iterable[tuple[str, str]]:
    yield _("Deployment"), str(found.keys.deployment)
    yield _("Active version"), str(found.keys.current)
    yield _("Lowest version that unwraps"), str(found.keys.minimum)
    yield _("Index epochs"), ", ".join(map(str, found.keys.epochs))
    for due in found.dues:
        until = _stamp(due.until)
        yield (
            _("Next: %(what)s") % {"what": DUES[due.code]},
            f"{until}, {_('overdue')}" if due.overdue else until,
        )


def _table(names: Sequence[str], widths: Sequence[float], rows: Iterable[Sequence[str]]) -> pdf.Table:
    return pdf.Table([pdf.Column(name, width) for name, width in zip(names, widths, strict=True)], rows)


def _stamp(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else "–"
