"""What the main site hands over to L4. It adds rows; the restricted host alone says what became of them."""

import uuid

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

from trail.restricted_role import restricted_may

APPEND_ONLY = """
revoke update, delete, truncate on files_apartdeposit, files_apartpart, files_apartorder, files_apartpulse from custinfo_app;
revoke insert on files_apartpulse from custinfo_app;
"""
AS_OTHERS = """
grant insert, update, delete on files_apartdeposit, files_apartpart, files_apartorder, files_apartpulse to custinfo_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0003_deposits"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApartDeposit",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("subject", models.UUIDField(db_index=True)),
                ("field", models.CharField(max_length=40)),
                ("reference", models.UUIDField(null=True, unique=True)),
                ("portfolio", models.CharField(blank=True, default="", max_length=32)),
                ("region", models.CharField(blank=True, default="", max_length=32)),
                ("by_id", models.UUIDField(null=True)),
                ("by_number", models.CharField(blank=True, default="", max_length=32)),
                ("size", models.PositiveIntegerField()),
                ("parts", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                ("refused", models.CharField(blank=True, default="", max_length=32)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ApartPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ApartPulse",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("seen_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ApartOrder",
            fields=[
                (
                    "deposit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="order",
                        serialize=False,
                        to="files.apartdeposit",
                    ),
                ),
                ("why", models.CharField(max_length=64)),
                ("by_id", models.UUIDField(null=True)),
                ("by_number", models.CharField(blank=True, default="", max_length=32)),
                ("at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="apartdeposit",
            index=models.Index(
                condition=models.Q(("taken_at", None)), fields=["created_at"], name="apart_deposits_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="apartdeposit",
            constraint=models.CheckConstraint(
                condition=models.Q(("refused", ""), ("taken_at__isnull", False), _connector="OR"),
                name="a_refused_deposit_is_dealt_with",
            ),
        ),
        migrations.AddField(
            model_name="apartpart",
            name="deposit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.apartdeposit"
            ),
        ),
        migrations.AddConstraint(
            model_name="apartpulse",
            constraint=models.CheckConstraint(
                condition=models.Q(("id", 1)), name="there_is_one_restricted_host"
            ),
        ),
        migrations.AddConstraint(
            model_name="apartpart",
            constraint=models.UniqueConstraint(
                fields=("deposit", "number"), name="parts_of_a_deposit_are_numbered"
            ),
        ),
        migrations.AddConstraint(
            model_name="apartpart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("number__gt", 0),
                    django.db.models.lookups.Exact(
                        django.db.models.functions.text.Substr("sealed", 1, 22),
                        models.Value(b"age-encryption.org/v1\n", output_field=models.BinaryField()),
                    ),
                    _connector="OR",
                ),
                name="a_deposit_to_l4_is_sealed",
            ),
        ),
        migrations.RunSQL(APPEND_ONLY, AS_OTHERS),
        restricted_may(
            "select", "files_apartdeposit", "files_apartpart", "files_apartorder", "files_apartpulse"
        ),
        restricted_may("update (taken_at, refused)", "files_apartdeposit"),
        restricted_may("delete", "files_apartpart"),
        restricted_may("update (done_at)", "files_apartorder"),
        restricted_may("insert, update", "files_apartpulse"),
    ]
