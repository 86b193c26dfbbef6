"""Months that left by the book, and the one way out: a function that drops exactly what was exported.

The application role can neither detach nor drop; it may call `trail_archive_month`, which refuses a month younger than
the law lets go, one with an event that was never sealed, and one that is not what the caller has exported. Detaching,
dropping and writing down which archive holds the month are one transaction.
"""

from django.db import migrations

TABLES = """
create table trail_archived_month (
    month      date        primary key,
    events     bigint      not null,
    exposures  bigint      not null,
    digest     bytea       not null,
    file       text        not null,
    sha256     bytea       not null,
    proposal   uuid        not null,
    at         timestamptz not null,
    constraint a_month_begins_on_its_first_day check (extract(day from month) = 1),
    constraint an_archived_month_has_digests_of_32_bytes check (
        octet_length(digest) = 32 and octet_length(sha256) = 32)
);
create table trail_destroyed_archive (
    month     date        primary key references trail_archived_month,
    proposal  uuid        not null,
    at        timestamptz not null
);
create index trail_leaf_at on trail_leaf (at, index);
"""
NAMES = ("trail_archived_month", "trail_destroyed_archive")
WALLS = "\n".join(
    f"""
create trigger append_only before update or delete on {name} for each row execute function trail_refuse();
create trigger never_emptied before truncate on {name} for each statement execute function trail_refuse();
alter table {name} enable always trigger append_only, enable always trigger never_emptied;
revoke all on {name} from public, custinfo_app;
grant select on {name} to custinfo_app;
"""
    for name in NAMES
)
# What is signed is the order of the leaves' hashes: they commit to every event, and to what each exposed.
DIGEST = """
create function trail_month_digest(month date) returns bytea language sql stable as $$
    select sha256(coalesce(string_agg(hash, ''::bytea order by index), ''::bytea)) from trail_leaf
    where at >= month::timestamp at time zone 'UTC'
        and at < (month + interval '1 month')::timestamp at time zone 'UTC'
$$;
"""
ARCHIVE = """
create function trail_archive_month(month date, events bigint, exposures bigint, digest bytea, file text,
    sha256 bytea, proposal uuid, at timestamptz) returns void
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    set lock_timeout = '2s'
as $$
declare
    event    text := 'trail_event' || to_char(month, '_YYYY_MM');
    exposure text := 'trail_exposure' || to_char(month, '_YYYY_MM');
    held     bigint[];
begin
    if month is null or extract(day from month) <> 1 or month + interval '7 months' > now() at time zone 'UTC' then
        raise exception 'the trail of the last six months stays online' using errcode = '22023';
    end if;
    execute format('alter table public.trail_exposure detach partition public.%I', exposure);
    execute format('alter table public.trail_event detach partition public.%I', event);
    execute format('select array[(select count(*) from public.%I), (select count(*) from public.%I),
        (select count(*) from public.%I e where not exists (
            select from public.trail_leaf l where l.event_id = e.id and l.at = e.at))]', event, exposure, event)
        into held;
    if held <> array[events, exposures, 0] or public.trail_month_digest(month) <> digest then
        raise exception 'the month is not what was exported' using errcode = '22023';
    end if;
    insert into public.trail_archived_month values (month, events, exposures, digest, file, sha256, proposal, at);
    execute format('drop table public.%I, public.%I', exposure, event);
end $$;
revoke all on function trail_archive_month(date, bigint, bigint, bytea, text, bytea, uuid, timestamptz) from public;
grant execute on function trail_archive_month(date, bigint, bigint, bytea, text, bytea, uuid, timestamptz)
    to custinfo_app;
grant insert on trail_destroyed_archive to custinfo_app;
"""
GONE = """
drop function trail_archive_month(date, bigint, bigint, bytea, text, bytea, uuid, timestamptz);
drop function trail_month_digest(date);
drop table trail_destroyed_archive, trail_archived_month;
drop index trail_leaf_at;
"""


class Migration(migrations.Migration):
    dependencies = [("trail", "0006_digests_by_customer")]

    operations = [
        migrations.RunSQL(TABLES, GONE),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(DIGEST, migrations.RunSQL.noop),
        migrations.RunSQL(ARCHIVE, migrations.RunSQL.noop),
    ]
