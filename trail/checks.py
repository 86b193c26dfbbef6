"""System checks: the application cannot alter the trail, its walls stand, and the coming months have room."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection

from trail.sealing import keys, outbox
from trail.standalone.verify_trail import COSIGNATURE

FEWEST_MONTHS_AHEAD = 3

_TABLES = """
with recursive part(oid) as (
    select to_regclass(name)::oid from unnest(array['public.trail_event', 'public.trail_exposure', 'public.trail_leaf',
        'public.trail_node', 'public.trail_checkpoint', 'public.trail_witness_seen']) name
    union all select inhrelid from pg_inherits join part on inhparent = part.oid
)
select oid from part where oid is not null
"""
_TOO_MUCH = """
select part::regclass::text from unnest(%s::oid[]) part
where has_table_privilege(current_user, part, 'UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
    or has_any_column_privilege(current_user, part, 'UPDATE, REFERENCES')
order by 1
"""
_WALLS_DOWN = """
select part::regclass::text from unnest(%s::oid[]) part
where 2 <> (select count(*) from pg_trigger
    where tgrelid = part and tgname in ('append_only', 'never_emptied') and tgenabled = 'A')
order by 1
"""
_MONTHS_AHEAD = """
select count(relname) from unnest(array['trail_event', 'trail_exposure']) parent
left join (pg_inherits join pg_class on pg_class.oid = inhrelid)
    on inhparent = to_regclass('public.' || parent)
    and relname > parent || to_char(now() at time zone 'UTC', '_YYYY_MM')
where to_regclass('public.' || parent) is not null
group by parent
"""


@register(Tags.database)
def the_trail_is_append_only(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a login that could change the trail, and a trail whose triggers are gone."""
    if not databases or "default" not in databases:
        return []
    tables = _first_column(_TABLES)
    # `migrate` and its kin log in as the owner, who may.
    alterable = [] if settings.AS_OWNER else _first_column(_TOO_MUCH, [tables])
    bare = _first_column(_WALLS_DOWN, [tables])
    return [
        *(
            Error(f"The application's database role may alter {table}.", id="trail.E001")
            for table in alterable
        ),
        *(Error(f"{table} has lost its triggers.", id="trail.E002") for table in bare),
    ]


@register(Tags.database)
def coming_months_have_room(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn when fewer than three months ahead have partitions: without one, nothing can be recorded."""
    if not databases or "default" not in databases:
        return []
    ahead = min(_first_column(_MONTHS_AHEAD), default=FEWEST_MONTHS_AHEAD)
    if ahead < FEWEST_MONTHS_AHEAD:
        message = f"The trail has room for {ahead} coming months only; does beat run?"
        return [Warning(message, id="trail.W001")]
    return []


@register(Tags.security)
def the_witness_can_be_told(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a key of the witness that nothing could be verified with: no checkpoint would ever count."""
    try:
        known = outbox.witness_keys()
    except keys.BadKey as fault:
        return [Error(str(fault), id="trail.E004")]
    if any(key.kind != COSIGNATURE for key in known):
        text = f"{settings.TRAIL_WITNESS_PUBLIC_FILE} holds a key that is no witness's."
        return [Error(text, hint="It is the witness's KEPT/witness.public.", id="trail.E004")]
    return []


def checkpoints_can_be_signed() -> list[CheckMessage]:
    """Refuse a worker whose key does not sign what everybody else verifies. Web and beat have no such key."""
    message = Error if settings.PRODUCTION else Warning
    hint = "TRAIL_KEY_FILE is the worker's; manage.py make_keys makes it."
    try:
        key, known = (
            keys.read(Path(settings.TRAIL_KEY_FILE))[-1],
            keys.read_public(settings.TRAIL_PUBLIC_FILE),
        )
    except keys.BadKey as fault:
        return [message(str(fault), hint=hint, id="trail.E003")]
    if key.public in known:
        return []
    text = f"{settings.TRAIL_PUBLIC_FILE} does not verify what {settings.TRAIL_KEY_FILE} signs."
    return [message(text, hint=hint, id="trail.E003")]


def _first_column(sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]
