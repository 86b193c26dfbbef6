"""Emergencies and their reviews. Neither is ever rewritten."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("breakglass", "breakglassreview")
KEEP = "".join(
    f"""
create trigger it_stays before update or delete on access_{table}
  for each row execute function access_stays();
alter table access_{table} enable always trigger it_stays;
"""
    for table in TABLES
)
LET_GO = "".join(f"drop trigger it_stays on access_{table};\n" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0009_row_budgets"),
    ]

    operations = [
        migrations.CreateModel(
            name="BreakGlass",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("person_id", models.UUIDField(verbose_name="person")),
                ("person_number", models.CharField(max_length=32, verbose_name="staff number")),
                ("person_name", models.CharField(max_length=80, verbose_name="name")),
                ("department", models.CharField(max_length=32, verbose_name="department")),
                ("customer", models.UUIDField(verbose_name="customer")),
                ("field", models.CharField(max_length=40, verbose_name="field")),
                ("why", models.CharField(max_length=20, verbose_name="why it was refused")),
                ("reason", models.UUIDField(verbose_name="sealed reason")),
                ("event", models.BigIntegerField(verbose_name="event")),
                ("at", models.DateTimeField(verbose_name="at")),
            ],
            options={
                "verbose_name": "break-glass use",
                "verbose_name_plural": "break-glass uses",
                "ordering": ("-at",),
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="BreakGlassReview",
            fields=[
                (
                    "use",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="review",
                        serialize=False,
                        to="access.breakglass",
                    ),
                ),
                ("used_by", models.UUIDField(verbose_name="used by")),
                ("justified", models.BooleanField(verbose_name="justified")),
                ("words", models.UUIDField(verbose_name="sealed words")),
                ("by_id", models.UUIDField(verbose_name="reviewed by")),
                ("by_number", models.CharField(max_length=32, verbose_name="staff number")),
                ("by_name", models.CharField(max_length=80, verbose_name="name")),
                ("at", models.DateTimeField(verbose_name="at")),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="breakglass",
            index=models.Index(fields=["person_id", "-at"], name="break_glass_of_a_person"),
        ),
        migrations.AddConstraint(
            model_name="breakglassreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("by_id", models.F("used_by")), _negated=True),
                name="nobody_reviews_their_own_emergency",
            ),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
