"""Batches of what is to be destroyed, and the records of what was: added, never changed or deleted by any role."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import retention.models.destruction

TABLES = ("destructionbatch", "destructionitem", "destructionrecord")
KEEP = """
create function retention_destruction_stays() returns trigger language plpgsql as $$
begin raise exception 'what was to be destroyed, and what was, is never rewritten' using errcode = '42501'; end $$;
""" + "".join(
    f"""
create trigger it_stays before update or delete on retention_{table}
  for each row execute function retention_destruction_stays();
alter table retention_{table} enable always trigger it_stays;
revoke update, delete, truncate on retention_{table} from custinfo_app;
"""
    for table in TABLES
)
LET_GO = (
    "".join(f"drop trigger it_stays on retention_{table};\n" for table in TABLES)
    + "drop function retention_destruction_stays();\n"
)


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_backups")]

    operations = [
        migrations.CreateModel(
            name="DestructionBatch",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("trigger", models.CharField(choices=retention.models.destruction.triggers, max_length=20)),
                ("customers", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("proposed_by_id", models.UUIDField(null=True)),
                ("proposed_by_number", models.CharField(blank=True, default="", max_length=40)),
                ("proposed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "destruction batch",
                "verbose_name_plural": "destruction batches",
                "ordering": ("-proposed_at",),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DestructionItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("customer", models.UUIDField(db_index=True)),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                ("rule", models.CharField(blank=True, default="", max_length=80)),
                ("reason_code", models.CharField(blank=True, default="", max_length=40)),
                ("until", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DestructionRecord",
            fields=[
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="record",
                        serialize=False,
                        to="retention.destructionbatch",
                    ),
                ),
                ("content", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "destruction record",
                "verbose_name_plural": "destruction records",
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="destructionbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("trigger__in", ("term", "purpose_met", "withdrawal", "request", "end_of_service"))
                ),
                name="a batch has a known trigger",
            ),
        ),
        migrations.AddConstraint(
            model_name="destructionbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("customers__gte", 1)), name="a batch names somebody"
            ),
        ),
        migrations.AddField(
            model_name="destructionitem",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="retention.destructionbatch",
            ),
        ),
        migrations.AddIndex(
            model_name="destructionitem",
            index=models.Index(fields=["batch", "id"], name="destruction_item_by_batch"),
        ),
        migrations.AddConstraint(
            model_name="destructionitem",
            constraint=models.UniqueConstraint(
                fields=("batch", "customer"), name="a batch names a customer once"
            ),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
