"""The address and device of an answer may be emptied once, and nothing else of it changed; the tables be rewritten."""

from django.db import migrations

TABLES = ("consentrecord", "linktry")
END = """
create function consent_circumstances_end() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and to_jsonb(new) - 'ip' - 'device' = to_jsonb(old) - 'ip' - 'device'
    and new.ip is null and coalesce(to_jsonb(new) ->> 'device', '') = '' then
    return new;
  end if;
  raise exception 'what customers were told and answered is never rewritten';
end $$;
""" + "".join(
    f"""
drop trigger it_stays on consent_{table};
create trigger it_stays before update or delete on consent_{table}
  for each row execute function consent_circumstances_end();
alter table consent_{table} enable always trigger it_stays;
grant maintain on consent_{table} to custinfo_app;
"""
    for table in TABLES
)
STAY = (
    "".join(
        f"""
drop trigger it_stays on consent_{table};
create trigger it_stays before update or delete on consent_{table}
  for each row execute function consent_stays();
alter table consent_{table} enable always trigger it_stays;
revoke maintain on consent_{table} from custinfo_app;
"""
        for table in TABLES
    )
    + "drop function consent_circumstances_end();"
)


class Migration(migrations.Migration):
    dependencies = [("consent", "0004_public_pages")]
    operations = [migrations.RunSQL(END, STAY)]
