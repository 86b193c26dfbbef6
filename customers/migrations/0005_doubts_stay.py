"""What was seen and decided about labels is never edited; it only goes with its customer."""

from django.db import migrations

TABLES = ("labeldoubt", "doubtsighting", "doubtdismissal")
KEEP = """
create function customers_doubt_stays() returns trigger language plpgsql as $$
begin raise exception 'what was seen and decided about a label is never edited'; end $$;
""" + "".join(
    f"create trigger a_doubt_is_never_edited before update on customers_{table}"
    f" for each row execute function customers_doubt_stays();\n"
    f"alter table customers_{table} enable always trigger a_doubt_is_never_edited;\n"
    for table in TABLES
)
LET_GO = (
    "".join(f"drop trigger a_doubt_is_never_edited on customers_{table};\n" for table in TABLES)
    + "drop function customers_doubt_stays();"
)


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_label_doubts")]
    operations = [migrations.RunSQL(KEEP, LET_GO)]
