"""Breach radii and monthly reports. What was measured and written stays: no row is changed or deleted, by any role."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

KEEP = """
create function audit_report_stays() returns trigger language plpgsql as $$
begin raise exception 'what an audit measured and wrote is never rewritten'; end $$;
create function audit_list_is_fetched_once() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.fetched_at is not null
    or (to_jsonb(new) - 'fetched_at') is distinct from (to_jsonb(old) - 'fetched_at') then
    raise exception 'a list of customers is fetched once, and stays as it was made';
  end if;
  return new;
end $$;
create trigger it_stays before update or delete on audit_breachradius
  for each row execute function audit_report_stays();
alter table audit_breachradius enable always trigger it_stays;
create trigger it_stays before update or delete on audit_monthlyreport
  for each row execute function audit_report_stays();
alter table audit_monthlyreport enable always trigger it_stays;
create trigger it_is_fetched_once before update or delete on audit_radiusfile
  for each row execute function audit_list_is_fetched_once();
alter table audit_radiusfile enable always trigger it_is_fetched_once;
"""
LET_GO = """
drop trigger it_stays on audit_breachradius;
drop trigger it_stays on audit_monthlyreport;
drop trigger it_is_fetched_once on audit_radiusfile;
drop function audit_report_stays();
drop function audit_list_is_fetched_once();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_leaks_and_decoys_stay")]

    operations = [
        migrations.CreateModel(
            name="BreachRadius",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("asked_by_number", models.CharField(max_length=40, verbose_name="staff number")),
                ("asked_by_name", models.CharField(max_length=200, verbose_name="name of the person")),
                ("person_id", models.UUIDField(blank=True, null=True, verbose_name="person")),
                (
                    "person_number",
                    models.CharField(blank=True, max_length=40, verbose_name="staff number of the account"),
                ),
                (
                    "person_name",
                    models.CharField(blank=True, max_length=200, verbose_name="name of the account's owner"),
                ),
                ("session", models.CharField(blank=True, max_length=128, verbose_name="session (hash)")),
                ("ip", models.GenericIPAddressField(blank=True, null=True, verbose_name="network address")),
                ("since", models.DateTimeField(verbose_name="from")),
                ("until", models.DateTimeField(verbose_name="until")),
                ("figures", models.JSONField(verbose_name="figures")),
                ("event", models.BigIntegerField(verbose_name="event")),
            ],
            options={
                "verbose_name": "breach radius",
                "verbose_name_plural": "breach radii",
                "ordering": ("-asked_at",),
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("since"))), name="a_radius_has_a_period"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthlyReport",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("since", models.DateTimeField(verbose_name="from")),
                ("until", models.DateTimeField(verbose_name="until")),
                ("figures", models.JSONField(verbose_name="figures")),
                ("sha256", models.CharField(max_length=64, verbose_name="hash")),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                ("made_by_number", models.CharField(max_length=40, verbose_name="staff number")),
                ("made_by_name", models.CharField(max_length=200, verbose_name="name of the person")),
                ("event", models.BigIntegerField(verbose_name="event")),
            ],
            options={
                "verbose_name": "monthly report",
                "verbose_name_plural": "monthly reports",
                "ordering": ("-until", "-made_at"),
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("since"))), name="a_report_has_a_period"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RadiusFile",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("person_id", models.UUIDField(verbose_name="person")),
                ("person_number", models.CharField(max_length=40, verbose_name="staff number")),
                ("file", models.UUIDField(verbose_name="sealed file")),
                ("rows", models.PositiveIntegerField(verbose_name="rows")),
                ("event", models.BigIntegerField(verbose_name="event")),
                ("created_at", models.DateTimeField(verbose_name="made at")),
                ("keep_until", models.DateTimeField(verbose_name="can be fetched until")),
                ("fetched_at", models.DateTimeField(blank=True, null=True, verbose_name="fetched at")),
                (
                    "radius",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="audit.breachradius",
                        verbose_name="breach radius",
                    ),
                ),
            ],
            options={
                "verbose_name": "list of a breach radius",
                "verbose_name_plural": "lists of breach radii",
                "ordering": ("-created_at",),
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("keep_until__gt", models.F("created_at"))),
                        name="a_radius_list_ends_after_it_was_made",
                    )
                ],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
