"""What keeps the trail from being changed, looked at from inside: partitions, triggers, rights of roles."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db import connection

from trail import public_role, restricted_role

APP = "custinfo_app"
PARENTS = ("trail_event", "trail_exposure")
TABLES = (*PARENTS, "trail_leaf", "trail_node", "trail_checkpoint", "trail_witness_seen")

_MONTHS = """
select parent, substring(relname from length(parent) + 2), exists (select from pg_inherits
    where inhrelid = pg_class.oid and inhparent = to_regclass('public.' || parent))
from unnest(%s::text[]) parent join pg_class on relnamespace = 'public'::regnamespace
    and relkind = 'r' and relname ~ ('^' || parent || '_[0-9]{4}_[0-9]{2}$')
order by 1, 2
"""
_ALL = """
with recursive part(oid) as (
    select to_regclass('public.' || name)::oid from unnest(%s::text[]) name
    union all select inhrelid from pg_inherits join part on inhparent = part.oid
)
select oid, oid::regclass::text,
    (select count(*) from pg_trigger where tgrelid = part.oid and tgenabled = 'A'
        and tgname in ('append_only', 'never_emptied') and tgfoid = 'public.trail_refuse'::regproc)
from part where oid is not null order by 2
"""
_RIGHTS = """
select rolname, part::regclass::text from pg_roles cross join unnest(%s::oid[]) part
where rolname = any(%s) and (has_table_privilege(pg_roles.oid, part, 'UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
    or has_any_column_privilege(pg_roles.oid, part, 'UPDATE, REFERENCES'))
order by 1, 2
"""


def breaches(archived: Collection[str] = ()) -> Iterator[str]:
    """Yield what stands open.

    :param archived: months (`2026_05`) that left by the book: exported with their proof, signed, dropped.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, [list(PARENTS)])
        months = cursor.fetchall()
        cursor.execute(_ALL, [list(TABLES)])
        tables = cursor.fetchall()
        roles = [APP, public_role.ROLE, restricted_role.ROLE]
        cursor.execute(_RIGHTS, [[oid for oid, _, _ in tables], roles])
        rights = cursor.fetchall()
    for parent in PARENTS:
        attached = {month for name, month, is_attached in months if name == parent and is_attached}
        loose = {month for name, month, is_attached in months if name == parent and not is_attached}
        yield from (
            f"{parent}_{month} is detached and not archived" for month in sorted(loose - set(archived))
        )
        wanted = set(_between(min(attached), max(attached))) if attached else set()
        yield from (f"{parent}_{month} is gone" for month in sorted(wanted - attached - set(archived)))
    yield from (f"{name} has lost its triggers" for _, name, triggers in tables if triggers != 2)
    yield from (f"{role} may alter {name}" for role, name in rights)


def _between(first: str, last: str) -> Iterator[str]:
    year, month = map(int, first.split("_"))
    while f"{year:04}_{month:02}" <= last:
        yield f"{year:04}_{month:02}"
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
