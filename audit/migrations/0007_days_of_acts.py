"""The pass keeps acts by day, not by half hour: what needs the moment of an act asks the trail for the few it means.

A month of a thousand people is twenty thousand rows instead of four hundred thousand; counts are integers, because sums
of `bigint` are `numeric` and many times slower (`audit.detectors.passes`).
"""

from django.db import migrations

DAYS = """
drop table audit_acts;
create unlogged table audit_acts (
  actor_id uuid not null, department text not null, site text not null, site_region text not null, day date not null,
  acts integer not null, listed integer not null, misses integer not null, exported integer not null,
  refused integer not null, outside integer not null);
alter table audit_seen alter customers type integer;
alter table audit_days alter customers type integer, alter abroad type integer, alter listed type integer,
  alter taken type integer, alter refused type integer, alter misses type integer;
"""
HALF_HOURS = """
drop table audit_acts;
create unlogged table audit_acts (
  actor_id uuid not null, department text not null, site text not null, site_region text not null,
  bucket timestamptz not null, acts bigint not null, logins bigint not null, listed bigint not null,
  misses bigint not null, exported bigint not null, refused bigint not null,
  outside bigint not null);
alter table audit_seen alter customers type bigint;
alter table audit_days alter customers type bigint, alter abroad type bigint, alter listed type bigint,
  alter taken type bigint, alter refused type bigint, alter misses type bigint;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_reports")]

    operations = [migrations.RunSQL(DAYS, HALF_HOURS)]
