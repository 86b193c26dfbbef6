"""What recognises a leaked export stays as it was written: no row is changed or deleted, by any role."""

from django.db import migrations

KEEP = """
create function access_export_decoy_stays() returns trigger language plpgsql as $$
begin raise exception 'the decoys of an export are never rewritten' using errcode = '42501'; end $$;
create trigger it_stays before update or delete on access_exportdecoy
  for each row execute function access_export_decoy_stays();
alter table access_exportdecoy enable always trigger it_stays;
revoke update, delete, truncate on access_exportdecoy from custinfo_app;
"""

LET_GO = """
drop trigger it_stays on access_exportdecoy;
drop function access_export_decoy_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0013_export_decoys")]
    operations = [migrations.RunSQL(KEEP, LET_GO)]
