"""The statement that appends one event and all its exposures in one round trip.

The application role may not give `id` or `recorded_at`: the database does, and returns them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from trail.actor import Actor
from trail.exposed import Exposed

LOCK_TIMEOUT = "1500ms"
STATEMENT_TIMEOUT = "2500ms"

_PATIENT = """
select set_config('trail.lock_timeout', current_setting('lock_timeout'), true),
    set_config('trail.statement_timeout', current_setting('statement_timeout'), true),
    set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true);
"""
_APPEND = """
with event as (
    insert into trail_event (at, actor_id, actor_number, actor_name, roles, department, site, site_region,
        acting_as, mode, kind, facts, decision, rule, rule_version, purpose, contact, request, zone, ip,
        session_hash)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s, %s, %s, %s::inet, %s)
    returning id, recorded_at
), exposures as (
    insert into trail_exposure (at, event_id, actor_id, customer, portfolio, portfolio_region, clear, masked,
        level, act, digest)
    select %s::timestamptz, event.id, %s::uuid, given.customer, given.portfolio, given.region, given.clear,
        given.masked, given.level, given.act, decode(given.digest, 'hex')
    from event, jsonb_to_recordset(%s::jsonb) as given(customer uuid, portfolio text, region text,
        clear text[], masked text[], level smallint, act text, digest text)
)
select id, recorded_at from event;
"""
_AS_BEFORE = """
select set_config('lock_timeout', current_setting('trail.lock_timeout'), true),
    set_config('statement_timeout', current_setting('trail.statement_timeout'), true)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """The columns of an event that the writer gives."""

    kind: str
    by: Actor
    at: datetime
    facts: str
    decision: str
    rule: str
    rule_version: int | None
    purpose: str
    contact: UUID | None
    request: str

    def parameters(self) -> list[Any]:
        """Return the values of the event in `_APPEND`, in its order."""
        by = self.by
        who = [by.id, by.number, by.name, sorted(by.roles), by.department]
        where = [by.site, by.region, by.acting_as, by.mode]
        why = [self.decision, self.rule, self.rule_version, self.purpose, self.contact, self.request]
        return [self.at, *who, *where, self.kind, self.facts, *why, by.zone, by.ip, by.session]


def insert(row: EventRow, exposures: Sequence[Exposed]) -> tuple[int, datetime]:
    """Append the event and its exposures; return the event's number and the database's time.

    It waits no longer than a caller can (a refusal comes in under 3 s) and leaves the transaction its own limits.
    """
    given = json.dumps([_as_json(exposed) for exposed in exposures])
    with connection.cursor() as cursor:
        # Three statements in one round trip; each takes the limits that the one before it has set.
        cursor.execute(
            _PATIENT + _APPEND + _AS_BEFORE,
            [LOCK_TIMEOUT, STATEMENT_TIMEOUT, *row.parameters(), row.at, row.by.id, given],
        )
        cursor.nextset()
        event, recorded_at = cursor.fetchone()
    return event, recorded_at


def _as_json(exposed: Exposed) -> dict[str, object]:
    return {
        "customer": str(exposed.customer),
        "portfolio": exposed.portfolio,
        "region": exposed.region,
        "clear": exposed.clear,
        "masked": exposed.masked,
        "level": exposed.level,
        "act": exposed.act,
        "digest": exposed.digest.hex() if exposed.digest is not None else None,
    }
