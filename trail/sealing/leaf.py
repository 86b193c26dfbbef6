"""Leaf version 1: the canonical bytes of an event and its exposures, as SQL.

PostgreSQL hashes where the rows lie (two to three times faster than fetching them): `record_send` of a row of texts is
the length-prefixed form that `trail.standalone.verify_trail` describes and computes anew from an export's texts. Every
column counts, exposures included; a NULL is not an empty text; times are UTC to the microsecond.
"""

from __future__ import annotations

from trail.standalone.verify_trail import EVENT, EXPOSURE

TIMES = {"at", "recorded_at"}


def _text(alias: str, column: str) -> str:
    name = f"{alias}.{column}"
    if column in TIMES:
        return f"to_char({name} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    if column == "digest":
        return f"encode({name}, 'hex')"
    return f"{name}::text"


def _object(alias: str, columns: tuple[str, ...]) -> str:
    return f"json_build_object({', '.join(f'{column!r}, {_text(alias, column)}' for column in columns)})"


_OF_EVENT = "from trail_exposure x where x.event_id = e.id and x.at = e.at"
_EXPOSURE_ROW = f"record_send(row({', '.join(_text('x', column) for column in EXPOSURE)}))"
_SHOWN = f"(select string_agg({_EXPOSURE_ROW}, ''::bytea order by x.id) {_OF_EVENT})"
_SHOWN_DIGEST = f"encode(sha256(coalesce({_SHOWN}, ''::bytea)), 'hex')"
HASH = f"sha256('\\x00'::bytea || record_send(row({', '.join(_text('e', column) for column in EVENT)}, {_SHOWN_DIGEST})))"
"""The hash of the leaf of event `e`."""

EVENT_OBJECT = _object("e", EVENT)
EXPOSURES_ROW = f"(select coalesce(json_agg({_object('x', EXPOSURE)} order by x.id), '[]'::json) as rows, count(*) as times {_OF_EVENT})"
"""Event `e`, and a row of its exposures with their count, as JSON of the same texts: what an export's lines hold."""
