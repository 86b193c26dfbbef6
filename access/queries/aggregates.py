"""What is told of the portfolios that an analyst was given: sums of what each portfolio's release tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from uuid import UUID

from access.aggregates.dimensions import PORTFOLIO, dimensions
from access.aggregates.release import MOST_DIMENSIONS, Traits
from access.aggregates.run import key
from access.models import AggregateRelease
from customers.models import Portfolio
from customers.queries import person_serves


class NotTold(LookupError):
    """There is no such portfolio or dimension for this person, or none at all was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Figures of some portfolios by some dimensions.

    `axes`: dimension → its values in order. `figures`: values → a multiple of five, without the groups that are not
    told. `partly`: groups that are told of some of the portfolios only, so that the figure is a part of them.
    """

    portfolios: tuple[Portfolio, ...]
    dimensions: tuple[str, ...]
    axes: dict[str, tuple[str, ...]]
    figures: dict[Traits, int]
    partly: frozenset[Traits] = frozenset()
    total: int = 0
    counted_at: datetime | None = None
    missing: tuple[str, ...] = field(default=())
    """Codes of portfolios that have not been counted yet."""


def given(person: UUID, at: datetime) -> list[Portfolio]:
    """Return the portfolios whose aggregates a person was given, by code."""
    return list(person_serves(person, at).order_by("code"))


def offered(person: UUID, at: datetime) -> list[str]:
    """Return the dimensions that this person may ask for; that of the portfolio is the first."""
    return [PORTFOLIO, *dimensions(at).axes]


def told(portfolios: Sequence[str], names: Sequence[str], *, person: UUID, at: datetime) -> Told:
    """Return the figures of these portfolios by these dimensions.

    :raises NotTold: see there.
    """
    theirs = {one.code: one for one in given(person, at)}
    if not portfolios or not set(portfolios) <= set(theirs):
        raise NotTold
    known = dimensions(at).axes
    wanted = [name for name in (PORTFOLIO, *known) if name in names]
    if not wanted or len(wanted) != len(set(names)) or len(wanted) > MOST_DIMENSIONS:
        raise NotTold
    books = tuple(one for code, one in theirs.items() if code in portfolios)
    releases = list(AggregateRelease.objects.filter(portfolio__in=books).select_related("portfolio"))
    # A release of an earlier catalogue may lack a dimension until the next night.
    releases = [one for one in releases if set(wanted) - {PORTFOLIO} <= {name for name, _values in one.axes}]
    return _sum(books, wanted, known, releases)


def _sum(
    books: tuple[Portfolio, ...],
    wanted: list[str],
    known: dict[str, tuple[str, ...]],
    releases: list[AggregateRelease],
) -> Told:
    counted = [one.portfolio.code for one in releases]
    axes = {name: tuple(counted) if name == PORTFOLIO else known[name] for name in wanted}
    inner = [name for name in wanted if name != PORTFOLIO]
    figures: dict[Traits, int] = {}
    times: dict[Traits, int] = {}
    for one in releases:
        table = one.figures.get(key(tuple(name for name, _values in one.axes if name in inner)), {})
        for values in product(*(known[name] for name in inner)):
            figure = table.get(key(values))
            if figure is not None:
                place = (one.portfolio.code, *values) if PORTFOLIO in wanted else values
                figures[place] = figures.get(place, 0) + figure
                times[place] = times.get(place, 0) + 1
    whole = 1 if PORTFOLIO in wanted else len(releases)
    return Told(
        portfolios=books,
        dimensions=tuple(wanted),
        axes=axes,
        figures=figures,
        partly=frozenset(place for place, number in times.items() if number < whole),
        total=sum(one.figures.get("", {}).get("", 0) for one in releases),
        counted_at=min((one.counted_at for one in releases), default=None),
        missing=tuple(one.code for one in books if one.code not in counted),
    )
