"""What no write path may do: change a code, edit or delete a version, derive from a field that does not exist."""

from django.db import migrations

KEEP = """
create function classification_code_stays() returns trigger language plpgsql as $$
begin raise exception 'a code of the catalogue never changes'; end $$;
create trigger a_code_never_changes before update of code on classification_field
  for each row when (old.code is distinct from new.code) execute function classification_code_stays();
create trigger a_code_never_changes before update of code on classification_purpose
  for each row when (old.code is distinct from new.code) execute function classification_code_stays();
create trigger a_code_never_changes before update of code on classification_scenario
  for each row when (old.code is distinct from new.code) execute function classification_code_stays();

create function classification_version_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.until is null
     and to_jsonb(new) - 'until' = to_jsonb(old) - 'until' then return new; end if;
  raise exception 'a version is superseded, never edited';
end $$;
create trigger a_version_is_never_edited before update or delete on classification_fieldversion
  for each row execute function classification_version_stays();
create trigger a_version_is_never_edited before update or delete on classification_purposeversion
  for each row execute function classification_version_stays();

create function classification_base_exists() returns trigger language plpgsql as $$
begin
  if not exists (select from classification_field where code = split_part(new.derived_from, ':', 1)) then
    raise exception 'a derived field names an existing base';
  end if;
  return new;
end $$;
create trigger a_derived_field_has_a_base before insert on classification_fieldversion
  for each row when (new.derived_from <> '') execute function classification_base_exists();
"""

LET_GO = """
drop trigger a_derived_field_has_a_base on classification_fieldversion;
drop trigger a_version_is_never_edited on classification_fieldversion;
drop trigger a_version_is_never_edited on classification_purposeversion;
drop trigger a_code_never_changes on classification_field;
drop trigger a_code_never_changes on classification_purpose;
drop trigger a_code_never_changes on classification_scenario;
drop function classification_base_exists();
drop function classification_version_stays();
drop function classification_code_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("classification", "0001_initial")]
    operations = [migrations.RunSQL(KEEP, LET_GO)]
