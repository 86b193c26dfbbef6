"""Rank people, exports and usage requests by how much of a leaked list they saw and how little else.

The model. Say a list names m customers of N. For one person each customer of the N has a weight between 0 and 1:

    1    a leaked field was shown to them in clear (or, where the list carries open things only, shown at all)
    1/4  listed, opened, compared, written, or shown masked: they knew of the customer, hardly of the value
    0    never seen

With `seen` the sum of the weights over the list and `breadth` the sum over all N, a list that has nothing to do with
the person is a draw of m customers without replacement, so that chance alone would have shown `m * breadth / N` of it.
Hoeffding (1963, theorems 1 and 4; for weights of 0 and 1 this is the tail of the hypergeometric distribution) bounds
how likely chance shows as much as was seen:

    P <= exp(-m * KL(seen / m || breadth / N)),    KL(a || b) = a ln(a/b) + (1 - a) ln((1 - a)/(1 - b))

`score` is -log10 of that bound after multiplying it by the number of people who could have been meant (Bonferroni): 6
says "one in a million that anybody here saw so much by chance". It grows with the share of the list that was seen and
falls with whatever else was seen, so that whoever sees everybody scores 0. Whether it was a leaked field that was shown
of the customers outside the list is not looked up (a hundred thousand rows for some): they are taken to be as often
of a leaked field as those of the list, which errs in favour of whoever looked for just these fields.

What it is not: proof. Colleagues who serve the same customers have seen the same ones; who scores within a fifth of
the first is told as not to be told apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from math import log
from operator import itemgetter
from string import Template
from typing import Any, Self
from uuid import UUID

from django.db import connection, transaction

from access.models import UsageRequest
from trail.exposed import EXPORTED, REFUSED, REVEALED

CANDIDATES = 50
"""Whoever saw most, in clear first; among them the rank is worked out."""
TOP = 20
FEWEST = 10
"""So many are told of, however little of the list they saw; beyond them those alone who saw an eighth of it."""
EVIDENCE = 10
"""Events shown of each suspect, those that showed most of the list first."""
FAINT = 0.25
"""The weight of a customer who was seen without the leaked value in clear."""
SHARE = 0.5
"""Whoever saw less than this of the list is not its single source."""
LEAST = 0.125
"""Whoever saw less than this of it is told of among the first ones only."""
SURE = 6.0
"""The least score that is called more than chance."""
ALIKE = 0.8
_DAWN = datetime.fromisoformat("2000-01-01T00:00:00+00:00")

# The rows of the list are read once, whatever is asked of them: a list is thousands of customers, the trail is millions
# of rows, and each row costs a visit to its page. What a row says of a customer counts once for each key. The planner
# does not see the list: it would ask the statistics of every month for each of thousands.
_LIST = Template(
    """
with hit as materialized (
    select actor_id, event_id, customer, at, act, level >= %(level)s as high,
        level >= %(level)s and clear && %(fields)s and act <> 'used' as clear
    from trail_exposure
    where customer = any(array(select unnest(%(customers)s::uuid[]))) and at >= %(since)s and at < %(until)s
        and act <> all(%(left)s)
), granted as (
    select hit.*, event.request from hit cross join lateral (
        select request from trail_event where id = hit.event_id and at = hit.at offset 0
    ) event
    where hit.act = any(%(granted)s) and event.request <> ''
), person as ($person), file as ($file), request as ($request), evidence as (
    select actor_id, event_id,
        row_number() over (partition by actor_id order by seen desc, last desc, event_id) as place
    from (
        select actor_id, event_id, count(distinct customer) as seen, max(at) as last
        from hit where actor_id in (select key from person) group by actor_id, event_id
    ) shown
)
select 'person', key::text, seen, clear, high, first, last from person
union all select 'export', key::text, seen, clear, high, first, last from file
union all select 'request', key, seen, clear, high, first, last from request
union all select 'evidence', actor_id::text, event_id, place, 0, null, null from evidence where place <= %(evidence)s
union all select 'people', '', count(*), 0, 0, null, null from (
    select from hit where actor_id is not null group by actor_id
) saw
"""
)
_KEYED = Template(
    """
select key, count(*) as seen, count(*) filter (where clear) as clear, count(*) filter (where high) as high,
    min(first) as first, max(last) as last
from (
    select $key as key, customer, bool_or(clear) as clear, bool_or(high) as high, min(at) as first, max(at) as last
    from $rows group by 1, 2
) each
group by key order by clear desc, seen desc, key limit %(top)s
"""
)
_SEEN = _LIST.substitute(
    person=_KEYED.substitute(key="actor_id", rows="hit where actor_id is not null"),
    file=_KEYED.substitute(key="event_id", rows=f"hit where act = '{EXPORTED}'"),
    request=_KEYED.substitute(key="request", rows="granted"),
)
# The columns of the index (actor, at) alone: whoever saw much has a hundred thousand rows here.
_BREADTH = """
select actor_id::text, count(*), count(*) filter (where clear) from (
    select actor_id, customer, bool_or(level >= %(level)s) as clear from trail_exposure
    where actor_id = any(%(keys)s::uuid[]) and at >= %(since)s and at < %(until)s and act <> all(%(left)s)
    group by actor_id, customer
) each group by actor_id
"""
_EXPORT_BREADTH = """
select event_id::text, count(*), count(*) filter (where level >= %(level)s) from trail_exposure
where event_id = any(%(keys)s::bigint[]) and at >= %(since)s and at < %(until)s group by event_id
"""
# Hundreds of thousands of pairs of a person and a customer are told apart in memory, not on disk.
_ROOM = "set local work_mem = '64MB'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """One person, export or request: `key` is a UUID or a number as text. Counts are of customers, times are ISO."""

    key: str
    seen: int
    clear: int
    breadth: int
    breadth_clear: int
    share: float
    """Weighted share of the list, 0 to 1."""
    expected: float
    """The share that chance would show."""
    score: float
    first: str
    last: str
    events: tuple[int, ...] = ()

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Self:
        """Return what `asdict` wrote."""
        return cls(**{**stored, "events": tuple(stored["events"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Who saw how much of a list, most telling first."""

    people: tuple[Suspect, ...]
    exports: tuple[Suspect, ...]
    requests: tuple[Suspect, ...]
    of_people: int
    """How many people saw any of it."""

    def stored(self) -> dict[str, Any]:
        """Return it as JSON: UUIDs, numbers, times."""
        return {
            "people": [asdict(one) for one in self.people],
            "exports": [asdict(one) for one in self.exports],
            "requests": [asdict(one) for one in self.requests],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: the customers of a list, the leaked fields (those that tell most) and their level, the window."""

    customers: Sequence[UUID]
    fields: Sequence[str]
    level: int
    population: int
    until: datetime
    since: datetime | None = None

    def parameters(self, **more: object) -> dict[str, Any]:
        """Return the parameters of the statements above."""
        return {
            "customers": list(self.customers),
            "fields": list(self.fields),
            "level": self.level,
            "since": self.since or _DAWN,
            "until": self.until,
            "left": [REFUSED],
            "top": CANDIDATES,
            **more,
        }


def rank(asked: Question) -> Ranking:
    """Return who saw how much of the list, worked out in a handful of statements."""
    if not asked.customers:
        return Ranking(people=(), exports=(), requests=(), of_people=0)
    with transaction.atomic():
        _rows(_ROOM, {})
        found = _seen(asked)
        people, files = _worth_telling(asked, found["person"]), _worth_telling(asked, found["export"])
        wide = _breadths(_BREADTH, asked, people)
        wide_files = _breadths(_EXPORT_BREADTH, asked, files)
    of_people = found["people"][0][1]
    events: dict[str, list[int]] = defaultdict(list)
    for person, event, _place, *_rest in sorted(found["evidence"], key=itemgetter(0, 2)):
        events[person].append(event)
    requests = found["request"]
    return Ranking(
        people=tuple(
            replace(one, events=tuple(events[one.key])) for one in _ranked(asked, people, wide, of_people)
        ),
        exports=tuple(_ranked(asked, files, wide_files, len(files))),
        requests=tuple(_ranked(asked, requests, _scopes(requests), len(requests))),
        of_people=of_people,
    )


def score(seen: float, of: int, breadth: float, population: int, *, others: int = 1) -> float:
    """Return -log10 of the bound above: 0 where chance shows as much.

    :param seen, breadth: sums of weights over the list and over everybody.
    :param others: how many could have been meant.
    """
    share, chance = min(seen / of, 1.0), min(breadth / population, 1.0)
    if share <= chance:
        return 0.0
    distance = share * log(share / chance) if chance else 0.0
    if share < 1:
        distance += (1 - share) * log((1 - share) / (1 - chance))
    return max(0.0, (of * distance - log(max(others, 1))) / log(10))


def _seen(asked: Question) -> dict[str, list[tuple[Any, ...]]]:
    """Return people, exports, requests and evidence of a list, by kind."""
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for kind, *row in _rows(_SEEN, asked.parameters(granted=[EXPORTED, REVEALED], evidence=EVIDENCE)):
        found[kind].append(tuple(row))
    return found


def _worth_telling(asked: Question, seen: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Leave out who saw next to nothing: what else somebody saw is ten thousand rows, and nobody is its source so."""
    least = LEAST * len(asked.customers)
    return [row for place, row in enumerate(seen) if place < FEWEST or _weight(asked, row) >= least]


def _weight(asked: Question, row: Sequence[Any]) -> float:
    """Return the sum of the weights over the list."""
    _key, seen, clear, *_rest = row
    # Where nothing that the list carries is ever shown in clear apart, every sight of the customer counts whole.
    return float(seen) if asked.level == 0 else clear + FAINT * (seen - clear)


def _breadths(sql: str, asked: Question, seen: Sequence[Sequence[Any]]) -> dict[Any, tuple[int, int]]:
    rows = _rows(sql, asked.parameters(keys=[row[0] for row in seen])) if seen else []
    return {key: (customers, clear) for key, customers, clear in rows}


def _scopes(seen: Sequence[Sequence[Any]]) -> dict[Any, tuple[int, int]]:
    """Return how many customers each usage request is about."""
    held = UsageRequest.objects.filter(pk__in=[row[0] for row in seen]).values_list("pk", "customers")
    return {str(id): (len(customers), len(customers)) for id, customers in held}


def _ranked(
    asked: Question, seen: Sequence[Sequence[Any]], wide: Mapping[Any, tuple[int, int]], others: int
) -> list[Suspect]:
    found = [_suspect(asked, row, wide.get(row[0], (row[1], row[2])), others) for row in seen]
    return sorted(found, key=lambda one: (-one.score, -one.share, one.key))[:TOP]


def _suspect(asked: Question, row: Sequence[Any], wide: tuple[int, int], others: int) -> Suspect:
    key, seen, clear, high, first, last = row
    of, population = len(asked.customers), max(asked.population, len(asked.customers), wide[0])
    full = asked.level == 0
    wide_clear = wide[1] * clear / high if high else 0.0
    weight = _weight(asked, row)
    width = float(wide[0]) if full else wide_clear + FAINT * (wide[0] - wide_clear)
    return Suspect(
        key=str(key),
        seen=seen,
        clear=clear,
        breadth=wide[0],
        breadth_clear=round(wide_clear),
        share=round(weight / of, 4),
        expected=round(width / population, 4),
        score=round(score(weight, of, width, population, others=others), 1),
        first=first.isoformat(),
        last=last.isoformat(),
    )


def _rows(sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall()) if cursor.description else []


def named(people: Sequence[Suspect]) -> tuple[Suspect, ...]:
    """Return those who saw enough of the list, more than chance shows: nobody, one, or some who are much alike."""
    found = [one for one in people if one.share >= SHARE and one.score >= SURE]
    return tuple(one for one in found if one.score >= ALIKE * found[0].score)
