"""The restricted host appends events, and reads back only what confirms that they are on disk."""

from django.db import migrations

from trail.restricted_role import restricted_may

EVENT = (
    "at, actor_id, actor_number, actor_name, roles, department, site, site_region, acting_as, mode, kind, facts,"
    " decision, rule, rule_version, purpose, contact, request, zone, ip, session_hash"
)
EXPOSURE = "at, event_id, actor_id, customer, portfolio, portfolio_region, clear, masked, level, act, digest"
SEQUENCES = "sequence trail_event_id_seq, trail_exposure_id_seq"


class Migration(migrations.Migration):
    dependencies = [("trail", "0003_public_pages_append")]

    operations = [
        restricted_may(f"insert ({EVENT}), select (id, at, recorded_at)", "trail_event"),
        restricted_may(f"insert ({EXPOSURE})", "trail_exposure"),
        restricted_may("usage", SEQUENCES),
    ]
