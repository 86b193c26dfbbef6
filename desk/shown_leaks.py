"""Leak traces as the pages show them: a verdict in words, and who saw how much beside what chance shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from access.models import Export, UsageRequest
from audit.leaks.ranking import SHARE, SURE, Suspect, named
from audit.models import LeakTrace
from audit.queries.exports import exports_by
from classification.queries import Catalogue
from staff.models import Person

STRONG = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectLine:
    """One person, export or request of a ranking. Shares are in per cent."""

    name: str
    number: str
    seen: int
    clear: int
    others: int
    share: float
    expected: float
    strength: str
    named: bool
    first: datetime
    last: datetime
    events: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLine:
    """An export that its own decoy rows give away."""

    event: int
    name: str
    number: str
    request: str
    at: datetime
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceShown:
    """A trace in words."""

    verdict: str
    found: bool
    named: tuple[NamedLine, ...]
    people: tuple[SuspectLine, ...]
    exports: tuple[SuspectLine, ...]
    requests: tuple[SuspectLine, ...]
    fields: tuple[tuple[str, int], ...]
    clear_counts: bool
    mark: str
    """The beginning of the keyed hash, to tell two lists apart."""


def shown(trace: LeakTrace, known: Catalogue) -> TraceShown:
    """Put a trace in words, with the names of today."""
    people = [Suspect.of(one) for one in trace.ranking["people"]]
    exports = [Suspect.of(one) for one in trace.ranking["exports"]]
    requests = [Suspect.of(one) for one in trace.ranking["requests"]]
    certain = {UUID(one["export"]): one["rows"] for one in trace.ranking["named"]}
    held = {one.event: one for one in exports_by(ids=certain, events=[int(one.key) for one in exports])}
    lines = tuple(
        _named(one, certain[one.pk])
        for one in sorted(held.values(), key=lambda one: one.event)
        if one.pk in certain
    )
    names = _people([one.key for one in people])
    verdict, found = _verdict(trace, people, names, bool(lines))
    return TraceShown(
        verdict=verdict,
        found=found,
        named=lines,
        people=_lines(people, names),
        exports=_lines(exports, {str(event): _export(one) for event, one in held.items()}),
        requests=_lines(requests, _requests([one.key for one in requests])),
        fields=tuple((_field(code, known), rows) for code, rows in sorted(trace.fields.items())),
        clear_counts=any(code in known and known.get(code).sealed for code in trace.fields),
        mark=bytes(trace.list_hash).hex()[:16],
    )


def strength(score: float) -> str:
    """Say how far chance explains what was seen."""
    if score >= STRONG:
        return _("far beyond chance")
    if score >= SURE:
        return _("more than chance")
    return _("may be chance")


def _verdict(
    trace: LeakTrace, people: Sequence[Suspect], names: Mapping[str, tuple[str, str]], certain: bool
) -> tuple[str, bool]:
    if certain:
        return _("The list carries decoy rows of an export made here. They name it for certain."), True
    if not trace.matched:
        return _("The list names none of the customers here: the source is not in this system."), False
    sure = named(people)
    if len(sure) == 1:
        words = _(
            "%(name)s (%(number)s) saw %(share)s %% of the list, where chance would show %(expected)s %%."
        )
        name, number = names[sure[0].key]
        facts = {"share": _percent(sure[0].share), "expected": _percent(sure[0].expected)}
        return words % {"name": name, "number": number, **facts}, True
    if sure:
        return (
            _("%(count)s people saw about as much of the list: this trace cannot tell them apart.")
            % {"count": len(sure)},
            True,
        )
    most = max((one.share for one in people), default=0.0)
    if most < SHARE:
        words = _(
            "No one saw more than %(share)s %%: the source is not in this system or not a single person."
        )
    else:
        words = _("Some saw up to %(share)s %%, but they saw as much of everybody else: chance explains it.")
    return words % {"share": _percent(most)}, False


def _lines(found: Sequence[Suspect], names: Mapping[str, tuple[str, str]]) -> tuple[SuspectLine, ...]:
    sure = {one.key for one in named(found)}
    return tuple(
        SuspectLine(
            name=names.get(one.key, (one.key[:8], ""))[0],
            number=names.get(one.key, ("", ""))[1],
            seen=one.seen,
            clear=one.clear,
            others=max(0, one.breadth - one.seen),
            share=_percent(one.share),
            expected=_percent(one.expected),
            strength=strength(one.score),
            named=one.key in sure,
            first=datetime.fromisoformat(one.first),
            last=datetime.fromisoformat(one.last),
            events=one.events,
        )
        for one in found
    )


def _percent(share: float) -> float:
    return round(share * 100) if share >= 0.1 else round(share * 100, 1)


def _people(keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    held = Person.objects.filter(pk__in=keys).values_list("pk", "name", "number")
    return {key: (key[:8], "") for key in keys} | {str(id): (name, number) for id, name, number in held}


def _requests(keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    held = UsageRequest.objects.filter(pk__in=keys).values_list("pk", "number", "applicant_name")
    return {str(id): (_("Usage request %(number)s") % {"number": number}, name) for id, number, name in held}


def _export(one: Export) -> tuple[str, str]:
    return _("Export %(event)s") % {"event": one.event}, f"{one.person_number}"


def _named(one: Export, rows: int) -> NamedLine:
    return NamedLine(
        event=one.event,
        name=getattr(one, "person_name", ""),
        number=one.person_number,
        request=str(one.request.number) if one.request else "",
        at=one.created_at,
        rows=rows,
    )


def _field(code: str, known: Catalogue) -> str:
    if code == "number":
        return _("Customer number")
    return known.get(code).label if code in known else code
