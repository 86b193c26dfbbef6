"""Conflicting roles are refused by the database itself, under a lock on the person, whoever writes the row.

Key custodian, security manager and auditor exclude every other role; a live headship is a role, too.
`staff.roles.conflicts` says the same for pages; a test holds the two together.
"""

from django.db import migrations

FORWARD = """
create function staff_conflicts_refused() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare
    said text := case when tg_table_name = 'staff_headship' then 'head' else to_jsonb(new) ->> 'role' end;
    alone constant text[] := array['custodian', 'security', 'auditor'];
begin
    perform 1 from staff_person where id = new.person_id for update;
    if exists (
        select 1
          from (select role::text, since, until from staff_roleholding where person_id = new.person_id
                union all
                select 'head', since, until from staff_headship where person_id = new.person_id) held
         where held.role <> said
           and (held.role = any(alone) or said = any(alone))
           and (held.until is null or held.until > new.since)
           and (new.until is null or new.until > held.since)
    ) then
        raise exception 'conflicting roles' using errcode = 'check_violation', constraint = 'conflicting_roles_are_refused';
    end if;
    return new;
end $$;

create trigger conflicting_roles_are_refused before insert or update on staff_roleholding
    for each row execute function staff_conflicts_refused();
alter table staff_roleholding enable always trigger conflicting_roles_are_refused;
create trigger conflicting_roles_are_refused before insert or update on staff_headship
    for each row execute function staff_conflicts_refused();
alter table staff_headship enable always trigger conflicting_roles_are_refused;
"""

BACKWARD = """
drop trigger conflicting_roles_are_refused on staff_headship;
drop trigger conflicting_roles_are_refused on staff_roleholding;
drop function staff_conflicts_refused();
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
