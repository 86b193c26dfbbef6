"""A report that can be handed to a customer: which roles saw them, for what, how often, with which kinds of field.

It names no person of the staff and holds no value (PIPL 44, 45: the person may know and get a copy).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from audit import events
from audit.downloads import PDF_TYPE, Downloaded, day, document
from audit.queries.customer_report import Told, told
from classification.models import Purpose
from classification.queries import catalogue
from customers.finding import numbers_of
from documents import pdf
from staff.permissions import may
from staff.queries import organisation
from staff.roles import NAMES
from staff.services.people import NotAllowed
from trail import services as trail
from trail.actor import Actor
from trail.words import ACT_NAMES, MODE_NAMES

LANGUAGES = ("zh-hans", "en")


class UnknownCustomer(LookupError):
    """There is no such customer."""


def make(
    ref: UUID, *, since: datetime, until: datetime, language: str, by: Actor, at: datetime
) -> Downloaded:
    """Write the report of a period in one of `LANGUAGES`; the event comes first, and its number stands in the file.

    :raises NotAllowed: the person's roles do not make such reports.
    :raises UnknownCustomer: see there.
    """
    if language not in LANGUAGES:
        raise ValueError(language)
    if not may(by, "trail.report"):
        raise NotAllowed("trail.report")
    number = numbers_of([ref]).get(ref)
    if number is None:
        raise UnknownCustomer
    found = told(ref, since=since, until=until)
    facts = {
        "customer": str(ref),
        "from": since.isoformat(),
        "until": until.isoformat(),
        "rows": len(found),
        "language": language,
    }
    receipt = trail.record(events.CUSTOMER_REPORT_MADE, by=by, at=at, facts=facts)
    with translation.override(language):
        house = organisation()
        name = (house.name_en if language == "en" else house.name_zh) if house else ""
        foot = _("%(house)s · customer %(number)s · %(day)s · event %(event)s") % {
            "house": name or _("Customer information workbench"),
            "number": number,
            "day": day(at),
            "event": receipt.event,
        }
        content = document(
            _parts(found, number, name, since, until, at),
            title=_title(),
            author=name,
            foot=foot,
            at=at,
        )
    return Downloaded(name=f"custinfo-who-saw-{receipt.event}.pdf", content_type=PDF_TYPE, content=content)


def _parts(
    found: Sequence[Told], number: str, house: str, since: datetime, until: datetime, at: datetime
) -> Iterator[pdf.Part]:
    labels = {spec.code: spec.name for spec in catalogue(at).fields}
    purposes = {one.code: str(one) for one in Purpose.objects.all()}
    yield pdf.Heading(_title(), 1)
    # The period ends before its last moment: a reader takes both days as included.
    period = f"{day(since)} – {day(until - timedelta(microseconds=1))}"
    pairs = [(_("Customer number"), number), (_("Period"), period), (_("Written on"), day(at))]
    yield pdf.KeyValues([*([(_("Handler"), house)] if house else []), *pairs])
    yield pdf.Paragraph(
        _(
            "This report says which roles of our staff were shown or changed your information, for which purpose, how "
            "often, and which kinds of information. Names of staff and the information itself are not part of it."
        )
    )
    if not found:
        yield pdf.Paragraph(_("In this period nobody was shown or changed your information."))
        return
    yield pdf.Table(
        (
            pdf.Column(_("By whom"), 2),
            pdf.Column(_("Purpose"), 2),
            pdf.Column(_("What was done"), 1.6),
            pdf.Column(_("Times"), 0.9, right=True),
            pdf.Column(_("First and last day"), 1.8),
            pdf.Column(_("Kinds of information"), 4),
        ),
        (_row(one, labels, purposes) for one in found),
    )
    yield pdf.Paragraph(
        _(
            "Counted from our access log, in which every reading is recorded before it happens. What was shown masked "
            "had its greater part covered. Attempts that were refused showed nothing and are not counted."
        ),
        quiet=True,
    )


def _row(one: Told, labels: dict[str, str], purposes: dict[str, str]) -> list[str]:
    first, last = day(one.first), day(one.last)
    kinds = []
    if one.clear:
        kinds.append(_("in full: %(fields)s") % {"fields": _listed(one.clear, labels)})
    if one.masked:
        kinds.append(_("masked: %(fields)s") % {"fields": _listed(one.masked, labels)})
    return [
        _who(one),
        purposes.get(one.purpose, one.purpose) or "–",
        str(ACT_NAMES.get(one.act, one.act)),
        str(one.times),
        first if first == last else f"{first}\n{last}",
        "\n".join(kinds) or "–",
    ]


def _who(one: Told) -> str:
    if one.roles:
        return _(", ").join(str(NAMES.get(role, role)) for role in sorted(one.roles))
    return str(MODE_NAMES.get(one.mode, one.mode)) or _("staff")


def _listed(codes: Sequence[str], labels: dict[str, str]) -> str:
    return _(", ").join(labels.get(code, code) for code in codes)


def _title() -> str:
    return _("Who was shown your information")
