"""The certificate of a destruction: its record on paper, in the reader's language. Contains no personal data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _

from classification.queries import catalogue
from classification.words import name_of
from documents import pdf
from lawbook.models import units
from lawbook.queries import fact
from retention.events import CERTIFICATE_FETCHED
from retention.models import DestructionRecord, RecipientTold, SystemTold
from retention.queries.recipients import told
from retention.queries.systems import contacts, told_systems
from retention.records import verified
from retention.words import (
    COPIES,
    COUNTED,
    STATES,
    file_words,
    purpose_names,
    rule_words,
    trigger_words,
    way_words,
)
from trail.actor import Actor
from trail.services import record as record_event

Pairs = list[tuple[str, str]]


def certificate(record: DestructionRecord, *, by: Actor, at: datetime) -> bytes:
    """Set the certificate of a record as a PDF in the active language; that it was fetched is an event."""
    record_event(CERTIFICATE_FETCHED, by=by, at=at, facts={"batch": str(record.batch_id)})
    content = BytesIO()
    pdf.write_pdf(
        content,
        _parts(record),
        fonts=pdf.Fonts(**settings.PDF_FONTS),
        title=_("Destruction certificate"),
        author="custinfo",
        language="en" if (get_language() or "").startswith("en") else "zh-CN",
        at=at,
        foot=f"{by.number} · {stamp(at.isoformat())} · {record.digest}",
        page_words=_("page {page} of {pages}"),
    )
    return content.getvalue()


def _parts(record: DestructionRecord) -> Iterator[pdf.Part]:
    content = record.content
    yield pdf.Heading(_("Destruction certificate"), 1)
    yield pdf.Paragraph(
        _("What is named here was destroyed as the record says. It names nobody: customers are counted."),
        quiet=True,
    )
    yield pdf.Paragraph(_zone(record.at), quiet=True)
    yield pdf.KeyValues([(_("Batch"), str(record.batch_id)), *what(content)])
    yield pdf.Heading(_("Who stood for it"))
    yield pdf.KeyValues(who(content))
    yield pdf.Heading(_("Counts"))
    names = (_("What"), _("Before"), _("After"))
    yield pdf.Table(
        [pdf.Column(names[0], 3), *(pdf.Column(one, right=True) for one in names[1:])], counts(content)
    )
    yield pdf.Heading(_("Proof"))
    yield pdf.KeyValues(proof(content))
    yield pdf.Heading(_("Copies"))
    columns = [
        pdf.Column(_("Copy"), 3),
        pdf.Column(_("State"), 4),
        pdf.Column(_("How many"), 1.4, right=True),
    ]
    yield pdf.Table([*columns, pdf.Column(_("Date"), 2)], copies(content))
    yield from _recipients(record)
    yield from _systems(record)
    yield pdf.Heading(_("Digests"))
    yield pdf.KeyValues(digests(record))


def _recipients(record: DestructionRecord) -> Iterator[pdf.Part]:
    rows = recipients(record)
    yield pdf.Heading(_("Recipients of files"))
    if not rows:
        yield pdf.Paragraph(_("No file with these values was handed out."), quiet=True)
        return
    columns = [pdf.Column(_("File"), 3), pdf.Column(_("Received by"), 2), pdf.Column(_("When"), 2)]
    columns += [pdf.Column(_("Customers"), 1.6, right=True), pdf.Column(_("Told to destroy it"), 4)]
    yield pdf.Table(columns, [(one.file, one.to, one.when, one.customers, one.told) for one in rows])


def _systems(record: DestructionRecord) -> Iterator[pdf.Part]:
    rows = systems(record)
    yield pdf.Heading(_("Downstream systems"))
    if not rows:
        yield pdf.Paragraph(_("The register named no system that holds these values."), quiet=True)
        return
    columns = [pdf.Column(_("System"), 3), pdf.Column(_("Owner"), 3), pdf.Column(_("Told to destroy it"), 4)]
    yield pdf.Table(columns, [(one.name, one.owner, one.told) for one in rows])


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who received a file with values of the batch, in words; `told` is what was said to them so far."""

    export: int
    file: str
    to: str
    when: str
    customers: str
    told: str
    waits: bool


def recipients(record: DestructionRecord) -> list[Recipient]:
    """Return the recipients that a record names, each with whether they were told until now."""
    return [
        Recipient(
            export=one["export"],
            file=file_words(one),
            to=one["to"],
            when=stamp(one["at"]),
            customers=str(one["customers"]),
            told=_told_words(row) if row else _("not yet"),
            waits=row is None,
        )
        for one, row in told(record)
    ]


@dataclass(frozen=True, slots=True)
class Downstream:
    """A system that holds values of the batch, in words; `contact` as the register has it today, for pages alone."""

    system: str
    name: str
    owner: str
    contact: str
    how: str
    told: str
    waits: bool


def systems(record: DestructionRecord) -> list[Downstream]:
    """Return the downstream systems that a record names, each with whether its owner was told until now."""
    found = told_systems(record)
    reached = contacts([one["system"] for one, _row in found])
    return [
        Downstream(
            system=one["system"],
            name=one["name"],
            owner=one["owner"],
            contact=reached.get(one["system"], ""),
            how=one["how"],
            told=_told_words(row) if row else _("not yet"),
            waits=row is None,
        )
        for one, row in found
    ]


def _told_words(row: RecipientTold | SystemTold) -> str:
    said = {"day": row.told_on.isoformat(), "how": way_words(row.how), "by": row.by_number}
    return _("%(day)s, %(how)s (%(by)s)") % said


def what(content: Mapping[str, Any]) -> Pairs:
    """Return trigger, rule, scope and method."""
    fields = gettext(", ").join(str(name_of(code)) for code in content["fields"])
    levels = " · ".join(f"{level}: {number}" for level, number in sorted(content["levels"].items()))
    return [
        (_("Why"), trigger_words(content["trigger"])),
        (_("Rules"), _rules(content)),
        (_("Customers destroyed"), str(content["customers"])),
        (_("Customers of whom single fields were destroyed"), str(content["parts"])),
        (_("Fields"), fields or _("all")),
        (_("Values by level"), levels or "0"),
        (_("Kept by a hold or a legal floor"), str(content["held"])),
        (
            _("Method"),
            _("data keys destroyed (crypto-shred), rows deleted, tables of keys and indexes rewritten"),
        ),
        (_("Began at"), stamp(content["started_at"])),
        (_("Ended at"), stamp(content["finished_at"])),
    ]


def _rules(content: Mapping[str, Any]) -> str:
    known, names = catalogue(datetime.fromisoformat(content["finished_at"])), purpose_names()
    return gettext(", ").join(rule_words(code, known, names) for code in content["rules"])


def who(content: Mapping[str, Any]) -> Pairs:
    """Return who proposed, checked and approved, by staff number, and when."""
    proposed = content["proposed"]["by"] or _("the daily run")
    return [
        (_("Proposed by"), f"{proposed} · {stamp(content['proposed']['at'])}"),
        (_("Checked by"), f"{content['checked']['by']} · {stamp(content['checked']['at'])}"),
        (_("Approved by"), f"{content['approved']['by']} · {stamp(content['approved']['at'])}"),
    ]


def counts(content: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return the rows that were counted before and after."""
    return [
        (str(words), str(content["before"].get(name, "–")), str(content["left"].get(name, 0)))
        for name, words in COUNTED.items()
    ]


def proof(content: Mapping[str, Any]) -> Pairs:
    """Return what was tried afterwards."""
    tried = _("%(n)s attempts with retained keys, %(opened)s opened") % {
        "n": content["attempts"],
        "opened": content["opened"],
    }
    looked = _("%(n)s index rows looked for, %(found)s found") % {
        "n": content["looked"],
        "found": content["found"],
    }
    return [(_("Opening"), tried), (_("Index"), looked)]


def copies(content: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Return every copy with its state, how many there are and the date that the state names."""
    return [
        (
            str(COPIES.get(one["what"], one["what"])),
            _("none") if one["number"] == 0 else _state(one, content["finished_at"]),
            "–" if one["number"] is None else str(one["number"]),
            stamp(one["until"]) if one["until"] else "–",
        )
        for one in content["copies"]
    ]


def _state(one: Mapping[str, Any], finished_at: str) -> str:
    """Say how it stands with a copy, and which law asks that it be kept, as that law was then."""
    words, at = str(STATES.get(one["state"], one["state"])), datetime.fromisoformat(finished_at)
    laws = [fact(code, at) for code in one.get("laws", ())]
    said = [
        _("%(law)s: %(value)s %(unit)s")
        % {"law": law.citation, "value": law.value, "unit": dict(units())[law.unit]}
        for law in laws
    ]
    return _("%(state)s (%(laws)s)") % {"state": words, "laws": _("; ").join(said)} if said else words


def digests(record: DestructionRecord) -> Pairs:
    """Return by what the record is known, and whether the trail says the same."""
    checkpoint = record.content["checkpoint"]
    same = _("as the trail says") if verified(record) else _("NOT what the trail says")
    return [
        (_("Batch"), str(record.batch_id)),
        (_("Digest of the list"), record.content["list"]),
        (_("Digest of this record"), f"{record.digest} ({same})"),
        (_("Checkpoint of the trail"), f"{checkpoint['size']} · {checkpoint['root']}"),
        (_("Proposal"), record.content["proposal"]),
    ]


def _zone(at: datetime) -> str:
    offset = timezone.localtime(at).strftime("%z")
    zone = {"zone": timezone.get_current_timezone_name(), "offset": f"UTC{offset[:3]}:{offset[3:]}"}
    return _("All times are those of %(zone)s (%(offset)s).") % zone


def stamp(text: str) -> str:
    """Write a time as pages do, to the minute; a dash where there is none."""
    if not text:
        return "–"
    return timezone.localtime(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M")
