"""The register of downstream systems, whose rows are never deleted, and that an owner was told, which stays."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import retention.models.destruction

KEEP = """
create trigger it_stays before update or delete on retention_systemtold
  for each row execute function retention_destruction_stays();
alter table retention_systemtold enable always trigger it_stays;
revoke update, delete, truncate on retention_systemtold from custinfo_app;
create trigger it_stays before delete on retention_downstreamsystem
  for each row execute function retention_destruction_stays();
alter table retention_downstreamsystem enable always trigger it_stays;
revoke delete, truncate on retention_downstreamsystem from custinfo_app;
"""
LET_GO = """
drop trigger it_stays on retention_systemtold;
drop trigger it_stays on retention_downstreamsystem;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("retention", "0004_recipients_told"),
    ]

    operations = [
        migrations.CreateModel(
            name="DownstreamSystem",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=80, verbose_name="system")),
                ("owner", models.CharField(max_length=80, verbose_name="owner")),
                ("contact", models.CharField(max_length=200, verbose_name="contact")),
                (
                    "how",
                    models.CharField(
                        choices=retention.models.destruction.ways, max_length=10, verbose_name="told"
                    ),
                ),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="since")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
            ],
            options={
                "verbose_name": "downstream system",
                "verbose_name_plural": "downstream systems",
                "ordering": ("name", "since"),
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("name",),
                        name="a downstream system is listed once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("how__in", ("mail", "letter", "phone", "in_person", "by_system"))
                        ),
                        name="a downstream system is told in a known way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fields", []), _negated=True),
                            models.Q(("categories", []), _negated=True),
                            _connector="OR",
                        ),
                        name="a downstream system holds something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SystemTold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("told_on", models.DateField()),
                ("how", models.CharField(choices=retention.models.destruction.ways, max_length=10)),
                ("by_id", models.UUIDField()),
                ("by_number", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="retention.destructionbatch",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="retention.downstreamsystem",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("batch", "system"), name="a system is told once of a batch"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("how__in", ("mail", "letter", "phone", "in_person", "by_system"))
                        ),
                        name="a system is told in a known way",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
