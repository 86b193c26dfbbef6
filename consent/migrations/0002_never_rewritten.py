"""What was published, answered, proven and tried stays: no row is changed or deleted, by any role."""

from django.db import migrations

TABLES = (
    "noticeversion",
    "noticetext",
    "consentlink",
    "linktry",
    "receipt",
    "consentrecord",
    "evidence",
    "confirmation",
)

KEEP = """
create function consent_stays() returns trigger language plpgsql as $$
begin raise exception 'what customers were told and answered is never rewritten'; end $$;
create function consent_code_stays() returns trigger language plpgsql as $$
begin raise exception 'the code of a notice never changes'; end $$;
create trigger a_code_never_changes before update of code on consent_notice
  for each row when (old.code is distinct from new.code) execute function consent_code_stays();
""" + "".join(
    f"""
create trigger it_stays before update or delete on consent_{table}
  for each row execute function consent_stays();
alter table consent_{table} enable always trigger it_stays;
"""
    for table in TABLES
)

LET_GO = (
    "".join(f"drop trigger it_stays on consent_{table};\n" for table in TABLES)
    + """
drop trigger a_code_never_changes on consent_notice;
drop function consent_stays();
drop function consent_code_stays();
"""
)


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial")]
    operations = [migrations.RunSQL(KEEP, LET_GO)]
