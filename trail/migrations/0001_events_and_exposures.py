"""The state of the two tables; `0002_append_only_tables` makes them in SQL, because Django knows no partitions."""

import django.contrib.postgres.fields
import django.db.models.functions.datetime
from django.db import migrations, models

import trail.words


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False, verbose_name="event number")),
                ("at", models.DateTimeField(verbose_name="time of the event")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="recorded at"
                    ),
                ),
                ("leaf_version", models.PositiveSmallIntegerField(db_default=1, verbose_name="leaf version")),
                ("actor_id", models.UUIDField(null=True, verbose_name="person")),
                ("actor_number", models.TextField(verbose_name="staff number")),
                ("actor_name", models.TextField(verbose_name="name of the person")),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None, verbose_name="roles"
                    ),
                ),
                ("department", models.TextField(verbose_name="department")),
                ("site", models.TextField(verbose_name="site")),
                ("site_region", models.TextField(verbose_name="region of the site")),
                ("acting_as", models.TextField(verbose_name="acting as")),
                ("mode", models.TextField(choices=trail.words.mode_choices, verbose_name="mode of acting")),
                ("kind", models.TextField(verbose_name="what happened")),
                ("facts", models.JSONField(verbose_name="facts of the event")),
                ("decision", models.TextField(verbose_name="decision")),
                ("rule", models.TextField(verbose_name="rule")),
                ("rule_version", models.IntegerField(null=True, verbose_name="version of the rule")),
                ("purpose", models.TextField(verbose_name="purpose")),
                ("contact", models.UUIDField(null=True, verbose_name="contact")),
                ("request", models.TextField(verbose_name="request or grant")),
                ("zone", models.TextField(verbose_name="network zone")),
                ("ip", models.GenericIPAddressField(null=True, verbose_name="network address")),
                ("session_hash", models.TextField(verbose_name="session (hash)")),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "db_table": "trail_event",
                "ordering": ["-at", "-id"],
                "managed": False,
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Exposure",
            fields=[
                (
                    "id",
                    models.BigAutoField(primary_key=True, serialize=False, verbose_name="exposure number"),
                ),
                ("at", models.DateTimeField(verbose_name="time of the event")),
                ("actor_id", models.UUIDField(null=True, verbose_name="person")),
                ("customer", models.UUIDField(verbose_name="customer")),
                ("portfolio", models.TextField(verbose_name="portfolio")),
                ("portfolio_region", models.TextField(verbose_name="region of the portfolio")),
                (
                    "clear",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None, verbose_name="shown in clear"
                    ),
                ),
                (
                    "masked",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None, verbose_name="shown masked"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(verbose_name="highest level in clear")),
                ("act", models.TextField(choices=trail.words.act_choices, verbose_name="kind of exposure")),
                ("digest", models.BinaryField(null=True, verbose_name="digest of the sealed document")),
            ],
            options={
                "verbose_name": "exposure",
                "verbose_name_plural": "exposures",
                "db_table": "trail_exposure",
                "ordering": ["-at", "-id"],
                "managed": False,
                "default_permissions": ("view",),
            },
        ),
    ]
