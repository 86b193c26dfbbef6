"""The id of this host; and what was asked, signed, shown and tried stays as it was, whoever writes."""

import uuid

from django.db import migrations

ROLE = "custinfo_restricted"
KEPT = ("request", "signature", "opening")
KEEP = """
create table restricted_deployment (id uuid primary key);
create unique index only_one_restricted_deployment on restricted_deployment ((true));
create function restricted_stays() returns trigger language plpgsql as $$
begin raise exception 'what was asked, signed and shown is never rewritten'; end $$;
""" + "".join(
    f"""
create trigger it_stays before update or delete on restricted_{table}
  for each row execute function restricted_stays();
alter table restricted_{table} enable always trigger it_stays;
revoke update, delete, truncate on restricted_{table} from {ROLE};
"""
    for table in KEPT
)
NARROW = f"""
revoke insert, update, delete, truncate on restricted_deployment from {ROLE};
revoke delete, truncate on restricted_attempt, restricted_session, restricted_factor, restricted_enrolment from {ROLE};
"""


def write(apps, schema_editor):
    """Make what stays, and name this host; without a name nothing can be sealed."""
    schema_editor.execute(KEEP + NARROW, params=None)
    schema_editor.execute("insert into restricted_deployment (id) values (%s)", [str(uuid.uuid4())])


class Migration(migrations.Migration):
    dependencies = [("restricted", "0001_initial")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
