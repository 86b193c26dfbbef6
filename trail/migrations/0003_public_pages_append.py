"""The public pages append events of their own: in mode "public", in nobody's name, and read none back.

Rights on the two tables are enough: rows go in through the parent, so partitions made later need no grant.
"""

from django.db import migrations

from trail.public_role import may

EVENT = (
    *(
        "at",
        "actor_id",
        "actor_number",
        "actor_name",
        "roles",
        "department",
        "site",
        "site_region",
        "acting_as",
    ),
    *(
        "mode",
        "kind",
        "facts",
        "decision",
        "rule",
        "rule_version",
        "purpose",
        "contact",
        "request",
        "zone",
        "ip",
    ),
    "session_hash",
)
EXPOSURE = (
    *("at", "event_id", "actor_id", "customer", "portfolio", "portfolio_region", "clear", "masked", "level"),
    *("act", "digest"),
)
# SECURITY: who takes over the public process cannot write events in a person's name.
NOBODY = """
alter table trail_event add constraint the_public_pages_speak_for_nobody check (
    current_user <> 'custinfo_public' or (mode = 'public' and actor_id is null and actor_number = ''
        and cardinality(roles) = 0 and acting_as = ''));
alter table trail_exposure add constraint the_public_pages_speak_for_nobody check (
    current_user <> 'custinfo_public' or actor_id is null);
grant usage on sequence trail_event_id_seq, trail_exposure_id_seq to custinfo_public;
"""
ANYBODY = """
alter table trail_event drop constraint the_public_pages_speak_for_nobody;
alter table trail_exposure drop constraint the_public_pages_speak_for_nobody;
revoke usage on sequence trail_event_id_seq, trail_exposure_id_seq from custinfo_public;
"""


class Migration(migrations.Migration):
    dependencies = [("trail", "0002_append_only_tables")]

    operations = [
        may("trail_event", select=("id", "recorded_at"), insert=EVENT),
        may("trail_exposure", insert=EXPOSURE),
        migrations.RunSQL(NOBODY, ANYBODY),
    ]
