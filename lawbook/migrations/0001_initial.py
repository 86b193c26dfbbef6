"""Law facts, and years of the working calendar."""

import django.db.models.functions.datetime
from django.db import migrations, models

import lawbook.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="FactVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60, verbose_name="code")),
                ("name_zh", models.CharField(max_length=80, verbose_name="Chinese name")),
                ("name_en", models.CharField(max_length=120, verbose_name="English name")),
                ("words_zh", models.TextField(verbose_name="Chinese words")),
                ("words_en", models.TextField(verbose_name="English words")),
                ("value", models.PositiveBigIntegerField(verbose_name="value")),
                ("unit", models.CharField(choices=lawbook.models.units, max_length=12, verbose_name="unit")),
                ("citation_zh", models.CharField(max_length=120, verbose_name="source of law")),
                ("citation_en", models.CharField(max_length=160, verbose_name="source of law in English")),
                ("article", models.CharField(blank=True, default="", max_length=40, verbose_name="article")),
                ("since", models.DateField(verbose_name="applies from")),
                ("until", models.DateField(blank=True, null=True, verbose_name="applies until")),
                (
                    "certainty",
                    models.CharField(
                        choices=lawbook.models.certainties, max_length=5, verbose_name="certainty"
                    ),
                ),
                ("source", models.CharField(blank=True, default="", max_length=200, verbose_name="read in")),
                ("verified_on", models.DateField(blank=True, null=True, verbose_name="verified on")),
                (
                    "verified_by",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="verified by"),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="recorded at",
                    ),
                ),
            ],
            options={
                "verbose_name": "law fact",
                "verbose_name_plural": "law facts",
                "ordering": ("code", "since"),
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("code", "since"), name="a fact begins once on a day"),
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("code",),
                        name="a fact has one open version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True), ("until__gt", models.F("since")), _connector="OR"
                        ),
                        name="a fact ends after it began",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("certainty__in", ("src", "2nd", "mem", "house"))),
                        name="a fact says how surely it is known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("certainty__in", ("src", "2nd")), _negated=True),
                            models.Q(
                                ("verified_on__isnull", False),
                                models.Q(("verified_by", ""), _negated=True),
                                models.Q(("source", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="what was verified says when and by whom and where",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("certainty", "mem"), _negated=True),
                            ("verified_on__isnull", True),
                            _connector="OR",
                        ),
                        name="what is remembered was verified on no day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name_zh", ""), _negated=True),
                            models.Q(("name_en", ""), _negated=True),
                            models.Q(("words_zh", ""), _negated=True),
                            models.Q(("words_en", ""), _negated=True),
                        ),
                        name="a fact has words in both languages",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkingYear",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("days_off", models.JSONField(verbose_name="days off")),
                ("days_worked", models.JSONField(default=list, verbose_name="weekend days worked")),
                ("citation", models.CharField(max_length=200, verbose_name="published as")),
                ("entered_at", models.DateTimeField(verbose_name="entered at")),
                ("entered_by", models.CharField(max_length=40, verbose_name="entered by")),
            ],
            options={
                "verbose_name": "working calendar of a year",
                "verbose_name_plural": "working calendars by year",
                "ordering": ("-year", "-pk"),
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 2004), ("year__lte", 2200)),
                        name="a working year is a year",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("citation", ""), _negated=True),
                        name="a working year says where it was published",
                    ),
                ],
            },
        ),
    ]
