"""The two tables, partitioned by month, which nobody can change or empty.

Three walls, each enough by itself: the application role has no right to update, delete or truncate; row triggers and
truncate triggers refuse whoever has; and they are ENABLE ALWAYS, so that `session_replication_role` does not switch
them off. PostgreSQL 15 and later.
"""

from django.db import migrations

TABLES = """
create sequence trail_event_id_seq;
create sequence trail_exposure_id_seq;

create table trail_event (
    id            bigint      not null default nextval('trail_event_id_seq'),
    at            timestamptz not null,
    recorded_at   timestamptz not null default clock_timestamp(),
    leaf_version  smallint    not null default 1,
    actor_id      uuid,
    actor_number  text        not null,
    actor_name    text        not null,
    roles         text[]      not null,
    department    text        not null,
    site          text        not null,
    site_region   text        not null,
    acting_as     text        not null,
    mode          text        not null,
    kind          text        not null,
    facts         jsonb       not null,
    decision      text        not null,
    rule          text        not null,
    rule_version  integer,
    purpose       text        not null,
    contact       uuid,
    request       text        not null,
    zone          text        not null,
    ip            inet,
    session_hash  text        not null,
    primary key (id, at),
    constraint an_event_has_a_known_mode check (mode in ('human', 'api', 'system', 'public', 'demo')),
    constraint the_facts_of_an_event_are_an_object check (jsonb_typeof(facts) = 'object')
) partition by range (at);
alter sequence trail_event_id_seq owned by trail_event.id;

create table trail_exposure (
    id                bigint      not null default nextval('trail_exposure_id_seq'),
    at                timestamptz not null,
    event_id          bigint      not null,
    actor_id          uuid,
    customer          uuid        not null,
    portfolio         text        not null,
    portfolio_region  text        not null,
    clear             text[]      not null,
    masked            text[]      not null,
    level             smallint    not null,
    act               text        not null,
    digest            bytea,
    primary key (id, at),
    constraint an_exposure_has_a_known_act check (
        act in ('listed', 'opened', 'revealed', 'compared', 'exported', 'used', 'written', 'refused')),
    constraint an_exposure_has_a_level_from_0_to_4 check (level between 0 and 4),
    constraint a_refusal_shows_nothing check (
        act <> 'refused' or (cardinality(clear) = 0 and cardinality(masked) = 0 and level = 0))
) partition by range (at);
alter sequence trail_exposure_id_seq owned by trail_exposure.id;
"""

INDEXES = """
create index trail_event_at on trail_event (at, id);
create index trail_event_actor on trail_event (actor_id, at, id);
create index trail_event_kind on trail_event (kind, at, id);
create index trail_event_decision on trail_event (decision, at, id) where decision <> '';
create index trail_event_contact on trail_event (contact, at) where contact is not null;

create index trail_exposure_event on trail_exposure (event_id);
create index trail_exposure_actor on trail_exposure (actor_id, at) include (customer, level, act);
create index trail_exposure_customer on trail_exposure (customer, at) include (actor_id, level, act);
"""

WALLS = """
create function trail_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the trail is append-only: % on % is refused', tg_op, tg_table_name using errcode = '42501';
end $$;

create trigger append_only before update or delete on trail_event for each row execute function trail_refuse();
create trigger append_only before update or delete on trail_exposure for each row execute function trail_refuse();
create trigger never_emptied before truncate on trail_event for each statement execute function trail_refuse();
create trigger never_emptied before truncate on trail_exposure for each statement execute function trail_refuse();
alter table trail_event enable always trigger append_only, enable always trigger never_emptied;
alter table trail_exposure enable always trigger append_only, enable always trigger never_emptied;

revoke all on trail_event, trail_exposure from public, custinfo_app;
grant select on trail_event, trail_exposure to custinfo_app;
-- id, recorded_at and leaf_version are the database's to give.
grant insert (at, actor_id, actor_number, actor_name, roles, department, site, site_region, acting_as, mode, kind,
    facts, decision, rule, rule_version, purpose, contact, request, zone, ip, session_hash) on trail_event to custinfo_app;
grant insert (at, event_id, actor_id, customer, portfolio, portfolio_region, clear, masked, level, act, digest)
    on trail_exposure to custinfo_app;
revoke all on sequence trail_event_id_seq, trail_exposure_id_seq from public, custinfo_app;
grant usage on sequence trail_event_id_seq, trail_exposure_id_seq to custinfo_app;
"""

# The application role makes partitions through this function alone, as their owner. Attaching (rather than CREATE ...
# PARTITION OF) does not wait for, nor hold up, those who write at the moment.
PARTITIONS = """
create function trail_make_partitions(first date, months int) returns text[]
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    set lock_timeout = '2s'
as $$
declare
    month  date;
    parent text;
    part   text;
    made   text[] := '{}';
begin
    if first is null or months is null or months not between 1 and 120
        or first not between date '2000-01-01' and date '2999-12-01' then
        raise exception 'trail_make_partitions: a first month and 1 to 120 months' using errcode = '22023';
    end if;
    perform pg_advisory_xact_lock(hashtext('trail_make_partitions'));
    for month in select generate_series(date_trunc('month', first::timestamp),
        date_trunc('month', first::timestamp) + make_interval(months => months - 1), interval '1 month')::date
    loop
        foreach parent in array array['trail_event', 'trail_exposure'] loop
            part := parent || to_char(month, '_YYYY_MM');
            continue when to_regclass('public.' || part) is not null;
            execute format('create table public.%I (like public.%I including defaults including constraints)',
                part, parent);
            execute format('revoke all on public.%I from public, custinfo_app', part);
            execute format('create trigger never_emptied before truncate on public.%I
                for each statement execute function public.trail_refuse()', part);
            execute format('alter table public.%I attach partition public.%I for values from (%L) to (%L)', parent,
                part, month::timestamp at time zone 'UTC', (month + interval '1 month')::timestamp at time zone 'UTC');
            execute format('alter table public.%I enable always trigger never_emptied, enable always trigger append_only',
                part);
            made := made || part;
        end loop;
    end loop;
    return made;
end $$;
revoke all on function trail_make_partitions(date, int) from public;
grant execute on function trail_make_partitions(date, int) to custinfo_app;
"""

FIRST_PARTITIONS = """
select trail_make_partitions((date_trunc('month', now() at time zone 'UTC') - interval '6 months')::date, 25)
"""


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_events_and_exposures")]

    operations = [
        migrations.RunSQL(TABLES),
        migrations.RunSQL(INDEXES),
        migrations.RunSQL(WALLS),
        migrations.RunSQL(PARTITIONS),
        migrations.RunSQL(FIRST_PARTITIONS),
    ]
