import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

import vault.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Deployment",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
            ],
            options={
                "managed": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Value",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("subject", models.UUIDField()),
                ("field", models.CharField(max_length=40)),
                ("media_type", models.CharField(max_length=40)),
                ("name", models.BinaryField()),
                ("size", models.PositiveIntegerField()),
                ("parts", models.PositiveIntegerField()),
                ("portfolio", models.CharField(blank=True, default="", max_length=32)),
                ("region", models.CharField(blank=True, default="", max_length=32)),
                ("by_number", models.CharField(blank=True, default="", max_length=32)),
                ("deposited_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField()),
                ("destroyed_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("person", models.UUIDField()),
                ("number", models.CharField(max_length=32)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), size=None
                    ),
                ),
                ("code_sha256", models.BinaryField(unique=True)),
                ("secret", models.TextField(blank=True, default="")),
                ("made_by", models.CharField(max_length=120)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Factor",
            fields=[
                ("person", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=32)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), size=None
                    ),
                ),
                ("secret", models.TextField()),
                ("last_step", models.BigIntegerField(default=0)),
                ("added_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person", models.UUIDField()),
                ("number", models.CharField(max_length=32)),
                ("step", models.BigIntegerField()),
                ("reason", models.BinaryField(null=True)),
                ("event", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("applicant", models.UUIDField()),
                ("applicant_number", models.CharField(max_length=32)),
                ("applicant_name", models.CharField(max_length=80)),
                ("department", models.CharField(max_length=64)),
                ("purpose", models.CharField(max_length=40)),
                ("reason", models.BinaryField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("digest", models.BinaryField(primary_key=True, serialize=False)),
                ("person", models.UUIDField(db_index=True)),
                ("ip", models.GenericIPAddressField(null=True)),
                ("began_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("factor_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seat", models.CharField(max_length=8)),
                ("person", models.UUIDField()),
                ("number", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=80)),
                ("accepted", models.BooleanField()),
                ("content_sha256", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ValuePart",
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
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person", models.UUIDField(null=True)),
                ("ip", models.GenericIPAddressField(null=True)),
                ("at", models.DateTimeField()),
                ("passed", models.BooleanField(default=False)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["person", "at"], name="attempts_of_a_person"),
                    models.Index(fields=["ip", "at"], name="attempts_from_an_address"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DataKey",
            fields=[
                (
                    "value",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="restricted.value",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("wrapped", models.BinaryField()),
                ("kek_version", models.PositiveIntegerField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="value",
            constraint=vault.constraints.SealedBytes("name", name="the_name_of_an_l4_value_is_sealed"),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(
                    django.db.models.functions.text.Length("code_sha256"), 32
                ),
                name="an_enrolment_keeps_a_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("made_at"))),
                name="an_enrolment_ends_after_it_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="factor",
            constraint=vault.constraints.SealedValue("secret", name="the_secret_of_a_factor_is_sealed"),
        ),
        migrations.AddField(
            model_name="opening",
            name="value",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="openings", to="restricted.value"
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="value",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="restricted.value"
            ),
        ),
        migrations.AddField(
            model_name="opening",
            name="request",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="openings",
                to="restricted.request",
            ),
        ),
        migrations.AddField(
            model_name="signature",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signatures",
                to="restricted.request",
            ),
        ),
        migrations.AddField(
            model_name="valuepart",
            name="value",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="restricted.value"
            ),
        ),
        migrations.AddConstraint(
            model_name="datakey",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(
                    django.db.models.functions.text.Length("wrapped"), 60
                ),
                name="the_data_key_of_an_l4_value_is_wrapped",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=vault.constraints.SealedBytes("reason", name="the_reason_of_a_request_is_sealed"),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="a_request_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.UniqueConstraint(fields=("person", "step"), name="one_code_opens_one_value"),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=vault.constraints.SealedBytes("reason", name="the_reason_of_an_opening_is_sealed"),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(
                fields=("request", "seat"), name="a_seat_signs_a_request_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(
                fields=("request", "person"), name="nobody_signs_a_request_twice"
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(("seat__in", ("head", "officer"))), name="a_signature_has_a_known_seat"
            ),
        ),
        migrations.AddConstraint(
            model_name="valuepart",
            constraint=models.UniqueConstraint(
                fields=("value", "number"), name="parts_of_an_l4_value_are_numbered"
            ),
        ),
        migrations.AddConstraint(
            model_name="valuepart",
            constraint=vault.constraints.SealedBytes("sealed", name="a_part_of_an_l4_value_is_sealed"),
        ),
    ]
