"""The report of a permission review as a file, XLSX or PDF: every right, what was decided, by whom and when (S0-31).

It is signed by its decisions: each carries the person, the time and the number of its event in the sealed trail.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access import events
from access.models import PermissionReview, ReviewItem
from access.queries.reviews import decided_by, items_for, progress, words_of
from access.review_words import MARKS, STATES, kind_words
from documents import pdf, sheets
from staff.permissions import may
from trail import services as trail
from trail.actor import Actor

XLSX, PDF = "xlsx", "pdf"


class NotAllowed(Exception):
    """The person's roles do not read reviews."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """A file for the person who asked."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A review with the items that its reader may read, at one moment."""

    review: PermissionReview
    items: Sequence[ReviewItem]
    words: Mapping[tuple[str, str], str]
    at: datetime

    @property
    def counts(self) -> Counter[str]:
        """How many items are in which state."""
        return Counter(item.state(self.at) for item in self.items)

    def what(self, item: ReviewItem) -> str:
        """Say what a right is about."""
        return self.words.get((item.kind, item.which), _("one customer"))


def download(review: PermissionReview, format: str, *, by: Actor, at: datetime) -> Downloaded:
    """Make the report of this moment; the event comes first, and its number stands in the file.

    :param format: one of `FORMATS`.
    :raises NotAllowed: without `review.read`.
    """
    content_type, write = FORMATS[format]
    if not may(by, "review.read"):
        raise NotAllowed
    items = items_for(review, by, decided_by(review, by, at)).order_by(
        "department__code", "person__number", "id"
    )
    report = Report(review=review, items=list(items), words=words_of(items, by), at=at)
    facts = {
        "review": str(review.pk),
        "format": format,
        "rows": len(report.items),
        "language": get_language() or "",
    }
    receipt = trail.record(events.REVIEW_DOWNLOADED, by=by, at=at, facts=facts)
    watermark = _("Permission review, downloaded by %(name)s (%(number)s), %(at)s, event %(event)s") % {
        "name": by.name,
        "number": by.number,
        "at": _stamp(at),
        "event": receipt.event,
    }
    content = BytesIO()
    write(content, report, watermark, by)
    name = f"custinfo-permission-review-{receipt.event}.{format}"
    return Downloaded(name=name, content_type=content_type, content=content.getvalue())


def _columns(report: Report) -> list[tuple[str, Callable[[ReviewItem], sheets.Cell]]]:
    return [
        (_("Department"), lambda item: item.department.name),
        (_("Staff number"), lambda item: item.person.number),
        (_("Full name"), lambda item: item.person.name),
        (_("Kind of right"), lambda item: kind_words(item.kind)),
        (_("What it is about"), report.what),
        (_("Held since"), lambda item: _stamp(item.since)),
        (_("Last used"), lambda item: _stamp(item.last_used_at)),
        (_("Uses"), lambda item: item.uses),
        (_("Usual among others"), lambda item: None if item.peer_uses is None else round(item.peer_uses)),
        (_("Remarks"), _marks),
        (_("What was decided"), lambda item: str(STATES[item.state(report.at)])),
        (_("Kept until"), lambda item: _stamp(item.until)),
        (_("Decided by"), _decider),
        (_("Decided at"), lambda item: _stamp(item.decided_at)),
        (_("Event"), lambda item: item.event),
        (_("Taken away at"), lambda item: _stamp(item.ended_at)),
        (_("Verified at"), lambda item: _stamp(item.verified_at)),
    ]


def _write_xlsx(content: BytesIO, report: Report, watermark: str, by: Actor) -> None:
    columns = _columns(report)
    sheets.write_xlsx(
        content,
        [name for name, _cell in columns],
        ([cell(item) for _name, cell in columns] for item in report.items),
        properties={"title": _title(), "creator": f"{by.name} ({by.number})", "description": watermark},
        banner=watermark,
        at=report.at,
        sheet=_title(),
    )


def _write_pdf(content: BytesIO, report: Report, watermark: str, by: Actor) -> None:
    pdf.write_pdf(
        content,
        _parts(report),
        fonts=pdf.Fonts(**settings.PDF_FONTS),
        title=_title(),
        author=f"{by.name} ({by.number})",
        language="en" if (get_language() or "").startswith("en") else "zh-CN",
        at=report.at,
        foot=watermark,
        page_words=_("page {page} of {pages}"),
        wide=True,
    )


FORMATS: dict[str, tuple[str, Callable[[BytesIO, Report, str, Actor], None]]] = {
    XLSX: ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _write_xlsx),
    PDF: ("application/pdf", _write_pdf),
}


def _parts(report: Report) -> Iterator[pdf.Part]:
    review, counts = report.review, report.counts
    yield pdf.Heading(_title(), 1)
    yield pdf.KeyValues(
        [
            (_("Started"), f"{_stamp(review.started_at)} · {review.started_by_number}"),
            (_("Deadline"), _stamp(review.deadline)),
            (_("Closed"), _stamp(review.closed_at) or "–"),
            (_("Rights"), str(len(report.items))),
            *((str(words), str(counts[state])) for state, words in STATES.items()),
        ]
    )
    yield pdf.Heading(_("Signatures"))
    yield pdf.Table(
        (
            pdf.Column(_("Decided by"), 3),
            pdf.Column(_("Department"), 3),
            pdf.Column(_("Decisions made"), 1.2, right=True),
            pdf.Column(_("First decision"), 2),
            pdf.Column(_("Last decision"), 2),
            pdf.Column(_("Events"), 2),
        ),
        _signatures(report),
    )
    yield pdf.Heading(_("Departments"))
    yield pdf.Table(
        (
            pdf.Column(_("Department"), 4),
            pdf.Column(_("Rights"), 1, right=True),
            pdf.Column(_("Decided"), 1, right=True),
        ),
        (
            [one.department, str(one.items), str(one.decided)]
            for one in progress(
                ReviewItem.objects.filter(pk__in=[item.pk for item in report.items]), report.at
            )
        ),
    )
    yield pdf.Heading(_("Rights"))
    yield pdf.Table(
        (
            pdf.Column(_("Person"), 2.4),
            pdf.Column(_("Right held"), 3),
            pdf.Column(_("Use"), 2.4),
            pdf.Column(_("What was decided"), 2),
            pdf.Column(_("Decided by"), 2.6),
            pdf.Column(_("Taken away, verified"), 2.2),
        ),
        (_line(item, report) for item in report.items),
    )


def _signatures(report: Report) -> Iterator[list[str]]:
    signed: dict[tuple[str, str], list[ReviewItem]] = defaultdict(list)
    for item in report.items:
        if item.decided_at is not None:
            signed[_decider(item), item.department.name].append(item)
    for (who, department), items in sorted(signed.items()):
        times = sorted(item.decided_at for item in items if item.decided_at)
        numbers = sorted(item.event for item in items if item.event)
        first, last = numbers[0], numbers[-1]
        yield [
            who,
            department,
            str(len(items)),
            _stamp(times[0]),
            _stamp(times[-1]),
            str(first) if first == last else f"{first}–{last}",
        ]


def _line(item: ReviewItem, report: Report) -> list[str]:
    ended = [_stamp(item.ended_at), _stamp(item.verified_at)]
    state = str(STATES[item.state(report.at)])
    return [
        f"{item.person.name}\n{item.person.number} · {item.department.name}",
        f"{kind_words(item.kind)} · {report.what(item)}",
        "\n".join(filter(None, (_stamp(item.last_used_at), str(item.uses), _marks(item)))),
        f"{state}\n{_stamp(item.until)}" if item.until else state,
        f"{_decider(item)}\n{_stamp(item.decided_at)} · {item.event}" if item.event else "–",
        "\n".join(filter(None, ended)) or "–",
    ]


def _marks(item: ReviewItem) -> str:
    return _(", ").join(str(MARKS[mark]) for mark in item.marks)


def _decider(item: ReviewItem) -> str:
    return f"{item.decided_by_name} ({item.decided_by_number})" if item.decided_at else ""


def _title() -> str:
    return _("Permission review")


def _stamp(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
