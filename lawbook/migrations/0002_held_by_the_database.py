"""A fact is superseded, an entered year entered again; neither is edited or deleted. A fact has one value a day."""

from django.db import migrations

FORWARD = """
create function lawbook_fact_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if exists (
      select from lawbook_factversion held
      where held.code = new.code and daterange(held.since, held.until) && daterange(new.since, new.until)
    ) then
      raise exception 'a law fact has one value on a day' using errcode = 'exclusion_violation';
    end if;
    return new;
  end if;
  if tg_op = 'UPDATE' and old.until is null
     and to_jsonb(new) - 'until' = to_jsonb(old) - 'until' then return new; end if;
  raise exception 'a law fact is superseded, never edited';
end $$;
create trigger a_fact_is_never_edited before insert or update or delete on lawbook_factversion
  for each row execute function lawbook_fact_stays();
alter table lawbook_factversion enable always trigger a_fact_is_never_edited;

create function lawbook_year_stays() returns trigger language plpgsql as $$
begin raise exception 'a working year is entered again, never edited'; end $$;
create trigger a_year_is_never_edited before update or delete on lawbook_workingyear
  for each row execute function lawbook_year_stays();
alter table lawbook_workingyear enable always trigger a_year_is_never_edited;
"""

BACKWARD = """
drop trigger a_year_is_never_edited on lawbook_workingyear;
drop trigger a_fact_is_never_edited on lawbook_factversion;
drop function lawbook_year_stays();
drop function lawbook_fact_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("lawbook", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
