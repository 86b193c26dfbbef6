"""The pass keeps acts by day, not by half hour: what needs the moment of an act asks the trail for the few it means.

A month of a thousand people is twenty thousand rows instead of four hundred thousand; counts are integers, because sums
of `bigint` are `numeric` and many times slower (`audit.detectors.passes`). The application may analyze these tables: a
planner that remembers them as empty, as they are between two passes, loops over what it has to hash.
"""

from django.db import migrations

DAYS = """
drop table audit_acts;
create unlogged table audit_acts (
  actor_id uuid not null, department text not null, site text not null, site_region text not null, day date not null,
  acts integer not null, listed integer not null, misses integer not null, exported integer not null,
  refused integer not null, outside integer not null);
drop table audit_seen;
create unlogged table audit_seen (
  actor_id uuid not null, bucket timestamptz not null, customers integer not null, abroad integer not null);
alter table audit_days alter customers type integer, alter abroad type integer, alter listed type integer,
  alter taken type integer, alter refused type integer, alter misses type integer;
grant maintain on audit_acts, audit_seen, audit_home, audit_days to custinfo_app;
"""
HALF_HOURS = """
drop table audit_acts;
create unlogged table audit_acts (
  actor_id uuid not null, department text not null, site text not null, site_region text not null,
  bucket timestamptz not null, acts bigint not null, logins bigint not null, listed bigint not null,
  misses bigint not null, exported bigint not null, refused bigint not null,
  outside bigint not null);
drop table audit_seen;
create unlogged table audit_seen (
  actor_id uuid not null, bucket timestamptz not null, region text not null, customers bigint not null);
revoke maintain on audit_home, audit_days from custinfo_app;
alter table audit_days alter customers type bigint, alter abroad type bigint, alter listed type bigint,
  alter taken type bigint, alter refused type bigint, alter misses type bigint;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_reports")]

    operations = [migrations.RunSQL(DAYS, HALF_HOURS)]
