"""The one row that says whose installation this is."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0003_history_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name_zh", models.CharField(max_length=120, verbose_name="Chinese name")),
                ("name_en", models.CharField(max_length=160, verbose_name="English name")),
                ("address", models.CharField(max_length=200, verbose_name="postal address")),
                ("email", models.EmailField(max_length=120, verbose_name="published e-mail")),
                ("phone", models.CharField(max_length=40, verbose_name="published phone")),
                ("officer_name", models.CharField(max_length=80, verbose_name="responsible officer")),
                ("officer_contact", models.CharField(max_length=120, verbose_name="contact of the officer")),
                (
                    "officer_filed_on",
                    models.DateField(blank=True, null=True, verbose_name="officer filed on"),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="the officer's account",
                    ),
                ),
            ],
            options={
                "verbose_name": "organisation",
                "verbose_name_plural": "organisation",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="there is one organisation"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name_zh", ""), _negated=True),
                            models.Q(("name_en", ""), _negated=True),
                            models.Q(("address", ""), _negated=True),
                            models.Q(("email", ""), _negated=True),
                            models.Q(("phone", ""), _negated=True),
                        ),
                        name="the organisation can be named and reached",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("officer_name", ""), _negated=True),
                            models.Q(("officer_contact", ""), _negated=True),
                        ),
                        name="the responsible officer can be named and reached",
                    ),
                ],
            },
        ),
    ]
