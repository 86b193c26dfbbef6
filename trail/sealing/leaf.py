"""Leaf version 1: the canonical bytes of an event and its exposures, as SQL.

PostgreSQL hashes where the rows lie (two to three times faster than fetching them): `record_send` of a row of texts is
the length-prefixed form that `trail.standalone.verify_trail` describes and computes anew from an export's texts. Every
column counts, exposures included; a NULL is not an empty text; times are UTC to the microsecond.
"""

from __future__ import annotations

from string import Template

from trail.standalone.verify_trail import EVENT, EXPOSURE

TIMES = {"at", "recorded_at"}


def moment(name: str) -> str:
    """Return the text of a time: UTC, to the microsecond."""
    return f"to_char({name} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


def _text(alias: str, column: str) -> str:
    name = f"{alias}.{column}"
    if column in TIMES:
        return moment(name)
    if column == "digest":
        return f"encode({name}, 'hex')"
    return f"{name}::text"


def _object(alias: str, columns: tuple[str, ...]) -> str:
    return f"json_build_object({', '.join(f'{column!r}, {_text(alias, column)}' for column in columns)})"


_SHOWN = "coalesce(shown.digest, encode(sha256(''::bytea), 'hex'))"
HASHED = Template(
    """
select e.id, e.at, e.recorded_at, sha256('\\x00'::bytea || record_send(row($event, $shown))) as digest
from trail_event e left join (
    select x.event_id, x.at, encode(sha256(string_agg(record_send(row($exposure)), ''::bytea order by x.id)), 'hex')
        as digest
    from trail_exposure x
    where x.event_id between %(first)s and %(last)s and x.at between %(since)s and %(until)s group by x.event_id, x.at
) shown on shown.event_id = e.id and shown.at = e.at
where e.id between %(first)s and %(last)s and e.at between %(since)s and %(until)s
"""
).substitute(
    event=", ".join(_text("e", column) for column in EVENT),
    shown=_SHOWN,
    exposure=", ".join(_text("x", column) for column in EXPOSURE),
)
"""The events of a range of numbers and times with the hashes of their leaves: exposures are joined once, because a
subquery for each event takes as long again as the hashing."""

_OF_EVENT = "from trail_exposure x where x.event_id = e.id and x.at = e.at"
EVENT_OBJECT = _object("e", EVENT)
_EXPOSURE_OBJECTS = f"coalesce(json_agg({_object('x', EXPOSURE)} order by x.id), '[]'::json)"
EXPOSURES_ROW = f"(select {_EXPOSURE_OBJECTS} as rows, count(*) as times {_OF_EVENT})"
"""Event `e`, and a row of its exposures with their count, as JSON of the same texts: what an export's lines hold."""
