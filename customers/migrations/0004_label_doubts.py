import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_history_and_misfits"),
    ]

    operations = [
        migrations.CreateModel(
            name="LabelDoubt",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("place", models.CharField(max_length=10)),
                ("field", models.CharField(blank=True, default="", max_length=40)),
                ("column", models.CharField(blank=True, default="", max_length=120)),
                ("kind", models.CharField(max_length=30)),
                ("first_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="label_doubts",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DoubtSighting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("run", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("values", models.PositiveBigIntegerField()),
                ("hits", models.PositiveBigIntegerField()),
                ("passed", models.PositiveBigIntegerField(null=True)),
                (
                    "doubt",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sightings",
                        to="customers.labeldoubt",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DoubtDismissal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("until", models.DateTimeField()),
                ("reason", models.UUIDField()),
                ("by_id", models.UUIDField()),
                ("by_number", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "sighting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.doubtsighting",
                    ),
                ),
                (
                    "doubt",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dismissals",
                        to="customers.labeldoubt",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="LeftOutColumn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("job", models.UUIDField()),
                ("index", models.PositiveSmallIntegerField()),
                ("header", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=30)),
                ("values", models.PositiveBigIntegerField()),
                ("hits", models.PositiveBigIntegerField()),
                ("passed", models.PositiveBigIntegerField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("job", "index", "kind"), name="a column is left out of an import once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="labeldoubt",
            constraint=models.UniqueConstraint(
                fields=("place", "field", "column", "customer", "kind"),
                name="a place is doubted once per kind",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="labeldoubt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("column", ""),
                        ("customer__isnull", True),
                        ("place", "field"),
                        models.Q(("field", ""), _negated=True),
                    ),
                    models.Q(
                        ("customer__isnull", True),
                        ("field", ""),
                        ("place", "column"),
                        models.Q(("column", ""), _negated=True),
                    ),
                    models.Q(
                        ("column", ""),
                        ("customer__isnull", False),
                        ("place", "note"),
                        models.Q(("field", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a doubt is about a field, a column or a text",
            ),
        ),
        migrations.AddIndex(
            model_name="doubtsighting",
            index=models.Index(fields=["doubt", "-at"], name="sighting_by_doubt"),
        ),
        migrations.AddConstraint(
            model_name="doubtsighting",
            constraint=models.UniqueConstraint(fields=("doubt", "run"), name="a run sees a doubt once"),
        ),
        migrations.AddConstraint(
            model_name="doubtsighting",
            constraint=models.CheckConstraint(
                condition=models.Q(("hits__gte", 1), ("values__gte", 1)),
                name="a sighting counts what was seen",
            ),
        ),
        migrations.AddConstraint(
            model_name="doubtsighting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("passed__isnull", True), ("passed__lte", models.F("hits")), _connector="OR"
                ),
                name="no more pass a check than were seen",
            ),
        ),
        migrations.AddIndex(
            model_name="doubtdismissal",
            index=models.Index(fields=["doubt", "-at"], name="dismissal_by_doubt"),
        ),
        migrations.AddConstraint(
            model_name="doubtdismissal",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gt", models.F("at"))), name="a dismissal ends after it was made"
            ),
        ),
    ]
