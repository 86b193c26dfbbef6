"""Decoys and leak traces stay as they were written: no row is changed or deleted, by any role."""

from django.db import migrations

TABLES = ("decoy", "leaktrace")

KEEP = """
create function audit_leaks_stay() returns trigger language plpgsql as $$
begin raise exception 'decoys and leak traces are never rewritten' using errcode = '42501'; end $$;
""" + "".join(
    f"""
create trigger it_stays before update or delete on audit_{table}
  for each row execute function audit_leaks_stay();
alter table audit_{table} enable always trigger it_stays;
revoke update, delete, truncate on audit_{table} from custinfo_app;
"""
    for table in TABLES
)

LET_GO = (
    "".join(f"drop trigger it_stays on audit_{table};\n" for table in TABLES)
    + "drop function audit_leaks_stay();\n"
)


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_leaks_and_decoys")]
    operations = [migrations.RunSQL(KEEP, LET_GO)]
