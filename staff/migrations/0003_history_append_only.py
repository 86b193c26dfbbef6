"""The change history of configuration stays as it was written.

Row triggers refuse every change, ENABLE ALWAYS so that replication mode does not switch them off; the application
role has neither the right to update or delete nor to truncate.
"""

from django.db import migrations

FORWARD = """
create function staff_history_refuses() returns trigger language plpgsql as $$
begin
    raise exception 'the change history is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger the_history_is_append_only before update or delete on auditlog_logentry
    for each row execute function staff_history_refuses();
alter table auditlog_logentry enable always trigger the_history_is_append_only;
revoke update, delete, truncate on auditlog_logentry from custinfo_app;
"""

BACKWARD = """
drop trigger the_history_is_append_only on auditlog_logentry;
drop function staff_history_refuses();
grant update, delete on auditlog_logentry to custinfo_app;
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0002_conflicts_refused"), ("auditlog", "0017_add_actor_email")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
