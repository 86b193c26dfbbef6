"""How long fields and categories are kept at most: shipped, then signed, superseded, never edited."""

from django.db import migrations, models

import classification.models
from classification.services import install_shipped
from trail.restricted_role import restricted_may

KEEP = """
create trigger a_version_is_never_edited before update or delete on classification_schedule
  for each row execute function classification_version_stays();
"""
LET_GO = "drop trigger a_version_is_never_edited on classification_schedule;"


class Migration(migrations.Migration):
    dependencies = [
        ("classification", "0005_names_for_the_restricted_host"),
    ]

    operations = [
        migrations.CreateModel(
            name="Schedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(max_length=10, verbose_name="speaks about")),
                ("subject", models.CharField(max_length=40, verbose_name="field or category")),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                (
                    "starts",
                    models.CharField(
                        choices=classification.models.retained_from, max_length=30, verbose_name="kept from"
                    ),
                ),
                ("months", models.PositiveSmallIntegerField(verbose_name="months kept at most")),
                (
                    "floor",
                    models.CharField(blank=True, default="", max_length=60, verbose_name="legal floor"),
                ),
                (
                    "floor_from",
                    models.CharField(
                        blank=True, default="", max_length=30, verbose_name="the floor counts from"
                    ),
                ),
                (
                    "then",
                    models.CharField(
                        choices=classification.models.endings,
                        default="destroy",
                        max_length=10,
                        verbose_name="then",
                    ),
                ),
                (
                    "store_months",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="months stored only"
                    ),
                ),
                (
                    "verify_months",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="months until confirmed again"
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="since")),
                ("until", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                ("shipped", models.BooleanField(default=False, verbose_name="shipped default")),
                ("proposal", models.UUIDField(blank=True, null=True, verbose_name="proposal")),
            ],
            options={
                "verbose_name": "retention schedule",
                "verbose_name_plural": "retention schedules",
                "ordering": ("scope", "subject", "number"),
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("scope", "subject", "number"), name="a schedule numbers its versions once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("scope", "subject"),
                        name="a schedule has one open version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scope__in", ("field", "category"))),
                        name="a schedule speaks about a field or a category",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True), ("until__gt", models.F("since")), _connector="OR"
                        ),
                        name="a schedule ends after it began",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("months__gte", 1),
                            ("starts__in", ("collection", "last_contact", "end_of_relationship")),
                        ),
                        name="a schedule has a term",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("floor", ""), ("floor_from", "")),
                            models.Q(
                                models.Q(("floor", ""), _negated=True),
                                ("floor_from__in", ("collection", "last_contact", "end_of_relationship")),
                            ),
                            _connector="OR",
                        ),
                        name="a legal floor says from when it counts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("store_months__isnull", True), ("then", "destroy")),
                            models.Q(("store_months__gte", 1), ("then", "store")),
                            _connector="OR",
                        ),
                        name="what is only stored says for how long",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verify_months__isnull", True), ("verify_months__gte", 1), _connector="OR"
                        ),
                        name="values are confirmed after a month at least",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("shipped", True), ("proposal__isnull", False), _connector="OR"),
                        name="a schedule is shipped or signed",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(lambda apps, editor: install_shipped(apps), migrations.RunPython.noop),
        restricted_may("select", "classification_schedule"),
    ]
