"""Legal holds and what each day's run found due."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

KEEP = """
create function retention_hold_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.ended_at is null
     and to_jsonb(new) - array['ended_at', 'ended_by'] = to_jsonb(old) - array['ended_at', 'ended_by'] then
    return new;
  end if;
  raise exception 'a hold is ended, never edited';
end $$;
create trigger a_hold_is_never_edited before update or delete on retention_hold
  for each row execute function retention_hold_stays();
alter table retention_hold enable always trigger a_hold_is_never_edited;
revoke delete, truncate on retention_hold from custinfo_app;
"""
LET_GO = """
grant delete on retention_hold to custinfo_app;
drop trigger a_hold_is_never_edited on retention_hold;
drop function retention_hold_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("retention", "0002_destruction")]

    operations = [
        migrations.CreateModel(
            name="DueListing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True, verbose_name="as of")),
                ("customers", models.PositiveIntegerField(default=0)),
                ("entries_found", models.PositiveIntegerField(default=0)),
                ("stored", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "due list",
                "verbose_name_plural": "due lists",
                "ordering": ("-at", "-pk"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DueEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("customer", models.UUIDField()),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                ("rule", models.CharField(max_length=60)),
                ("reason_code", models.CharField(max_length=30)),
                ("until", models.DateTimeField()),
                ("storage_only_until", models.DateTimeField(null=True)),
                ("basis", models.CharField(blank=True, default="", max_length=20)),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="retention.duelisting",
                    ),
                ),
            ],
            options={
                "ordering": ("until", "pk"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("customer", models.UUIDField(db_index=True, verbose_name="customer")),
                ("field", models.CharField(blank=True, default="", max_length=40, verbose_name="field")),
                ("owner_id", models.UUIDField(verbose_name="owner")),
                ("owner_number", models.CharField(max_length=32, verbose_name="staff number of the owner")),
                ("since", models.DateTimeField(verbose_name="since")),
                ("until", models.DateTimeField(verbose_name="until")),
                ("proposal", models.UUIDField(verbose_name="proposal")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended early at")),
                ("ended_by", models.UUIDField(blank=True, null=True, verbose_name="proposal that ended it")),
            ],
            options={
                "verbose_name": "legal hold",
                "verbose_name_plural": "legal holds",
                "ordering": ("-since",),
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("since"))),
                        name="a hold ends after it began",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="a hold that ended early says by which proposal",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
