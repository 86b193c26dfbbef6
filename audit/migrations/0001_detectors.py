"""Thresholds of detectors and working hours as shipped, superseded and never edited; room for a pass over the trail."""

from typing import Any

from django.db import migrations, models

from audit.shipped import install_hours, install_limits

KEEP = """
create function audit_row_is_superseded() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a threshold is never deleted';
  end if;
  if old.until is not null or (to_jsonb(new) - 'until') is distinct from (to_jsonb(old) - 'until') then
    raise exception 'a threshold is superseded, never edited';
  end if;
  return new;
end $$;
create trigger audit_row_is_superseded before update or delete on audit_detectorlimit
  for each row execute function audit_row_is_superseded();
create trigger audit_row_is_superseded before update or delete on audit_workinghours
  for each row execute function audit_row_is_superseded();
alter table audit_detectorlimit enable always trigger audit_row_is_superseded;
alter table audit_workinghours enable always trigger audit_row_is_superseded;
"""
LET_GO = """
drop trigger audit_row_is_superseded on audit_workinghours;
drop trigger audit_row_is_superseded on audit_detectorlimit;
drop function audit_row_is_superseded();
"""

# The application may make no temporary tables. What a pass writes here is taken back before its transaction ends, so
# nobody ever sees a row of another's pass, and a server that stops loses nothing (`audit.detectors.passes`).
ROOM = """
create unlogged table audit_acts (
  actor_id uuid not null, department text not null, site text not null, site_region text not null,
  bucket timestamptz not null, acts bigint not null, logins bigint not null, listed bigint not null,
  misses bigint not null, exported bigint not null, refused bigint not null,
  outside bigint not null);
create unlogged table audit_seen (
  actor_id uuid not null, bucket timestamptz not null, region text not null, customers bigint not null);
create unlogged table audit_home (
  actor_id uuid not null, department text not null, region text not null, roles text not null, peers text not null);
create unlogged table audit_days (
  actor_id uuid not null, day date not null, peers text not null, customers bigint not null, abroad bigint not null,
  listed bigint not null, taken bigint not null, refused bigint not null, misses bigint not null);
"""
NO_ROOM = "drop table audit_days, audit_home, audit_seen, audit_acts"


def install(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.alias == "default":
        install_limits(apps.get_model("audit", "DetectorLimit"))
        install_hours(apps.get_model("audit", "WorkingHours"))


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DetectorLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("detector", models.CharField(max_length=40, verbose_name="detector")),
                ("name", models.CharField(max_length=40, verbose_name="threshold")),
                ("number", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("value", models.FloatField(verbose_name="value")),
                ("since", models.DateTimeField(verbose_name="since")),
                ("until", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                ("shipped", models.BooleanField(default=False, verbose_name="shipped")),
                ("proposal", models.UUIDField(blank=True, null=True, verbose_name="proposal")),
            ],
            options={
                "verbose_name": "threshold of a detector",
                "verbose_name_plural": "thresholds of detectors",
                "ordering": ("detector", "name", "number"),
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("detector", "name", "number"), name="a_threshold_version_exists_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)),
                        fields=("detector", "name"),
                        name="one_threshold_is_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0)), name="a_threshold_is_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("until__gte", models.F("since")), _connector="OR"
                        ),
                        name="a_threshold_ends_after_it_began",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("shipped", True), ("proposal__isnull", False), _connector="OR"),
                        name="a_threshold_is_shipped_or_signed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkingHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("department", models.CharField(blank=True, max_length=32, verbose_name="department")),
                ("number", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("opens", models.PositiveSmallIntegerField(verbose_name="work begins")),
                ("closes", models.PositiveSmallIntegerField(verbose_name="work ends")),
                ("every_day", models.BooleanField(default=False, verbose_name="on days off as well")),
                ("since", models.DateTimeField(verbose_name="since")),
                ("until", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                ("shipped", models.BooleanField(default=False, verbose_name="shipped")),
                ("proposal", models.UUIDField(blank=True, null=True, verbose_name="proposal")),
            ],
            options={
                "verbose_name": "working hours of a department",
                "verbose_name_plural": "working hours of departments",
                "ordering": ("department", "number"),
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("department", "number"), name="a_version_of_hours_exists_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)),
                        fields=("department",),
                        name="a_department_has_one_set_of_hours",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes__lte", 1440),
                            ("opens__lt", 1440),
                            models.Q(("opens", models.F("closes")), _negated=True),
                        ),
                        name="work_begins_and_ends_within_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opens__in", range(0, 1440, 30)), ("closes__in", range(0, 1441, 30))
                        ),
                        name="work_begins_and_ends_on_half_hours",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("until__gte", models.F("since")), _connector="OR"
                        ),
                        name="hours_end_after_they_began",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("shipped", True), ("proposal__isnull", False), _connector="OR"),
                        name="hours_are_shipped_or_signed",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunSQL(ROOM, NO_ROOM),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
