"""The rules of a time, field by field, as the computation of terms needs them. Pure once loaded.

A purpose says how long it needs a value, a schedule the longest that the field is kept, a law fact the least. Between
two purposes that count from the same day the longer one decides, so that the shorter is left out here: a withdrawal
can only end a purpose earlier.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from classification.models import WITHDRAWAL
from classification.purposes import PurposeSpec, purposes, unserved
from classification.queries import Catalogue, catalogue
from classification.schedules import Schedules, schedules
from lawbook.models import YEAR
from lawbook.queries import Fact, floors


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRule:
    """The longest and the least that a field is kept. `months` None: nobody has said the longest."""

    field: str
    schedule: str = ""
    starts: str = ""
    months: int | None = None
    floor: str = ""
    floor_from: str = ""
    floor_months: int | None = None
    store_months: int | None = None
    unserved: datetime | None = None
    """When the last purpose that needed it ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """How long one purpose needs a field; `asks`: only while the customer's consent holds."""

    field: str
    purpose: str
    starts: str
    months: int
    asks: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that decides how long values are kept."""

    fields: tuple[FieldRule, ...]
    needs: tuple[Need, ...]


def rules_at(
    at: datetime,
    known: Catalogue | None = None,
    *,
    kept: Schedules | None = None,
    every: Mapping[str, PurposeSpec] | None = None,
) -> Rules:
    """Load the rules of a time, in a constant number of queries.

    :param known: the catalogue of that time, `kept` its schedules, `every` its purposes, where the caller has them.
    """
    known, kept, ended = known or catalogue(at), kept or schedules(at), unserved(at)
    every = purposes(at) if every is None else every
    laws = {law.code: _months(law) for law in floors(at)}
    return Rules(
        fields=tuple(_fields(known, kept, laws, ended)),
        needs=tuple(_needs(every.values())),
    )


def _fields(
    known: Catalogue, kept: Schedules, laws: dict[str, int], ended: dict[str, datetime]
) -> Iterator[FieldRule]:
    for spec in known.fields:
        found = kept.of(spec)
        if found is None:
            yield FieldRule(field=spec.code, unserved=ended.get(spec.code))
            continue
        yield FieldRule(
            field=spec.code,
            schedule=found.code,
            starts=found.starts,
            months=found.months,
            floor=found.floor,
            floor_from=found.floor_from,
            floor_months=laws.get(found.floor),
            store_months=found.store_months,
            unserved=ended.get(spec.code),
        )


def _months(law: Fact) -> int:
    return law.value * (12 if law.unit == YEAR else 1)


def _needs(every: Collection[PurposeSpec]) -> Iterator[Need]:
    longest: dict[tuple[str, str], int] = {}
    for one in every:
        if not one.asks_consent and one.retain_from != WITHDRAWAL:
            for code in one.fields:
                place = (code, one.retain_from)
                longest[place] = max(longest.get(place, 0), one.retain_months)
    for one in every:
        for code in one.fields:
            need = Need(
                field=code,
                purpose=one.code,
                starts=one.retain_from,
                months=one.retain_months,
                asks=one.asks_consent,
            )
            most = longest.get((code, one.retain_from), 0)
            if need.months > most or (need.months == most and not need.asks):
                yield need
