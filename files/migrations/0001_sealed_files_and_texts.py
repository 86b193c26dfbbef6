import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import vault.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SealedFile",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.TextField()),
                ("purpose", models.CharField(max_length=64)),
                ("owner_id", models.UUIDField(db_index=True, null=True)),
                ("subject", models.UUIDField(db_index=True, null=True)),
                ("job_id", models.UUIDField(null=True)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("chunks", models.PositiveIntegerField(default=0)),
                ("sha256", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                ("keep_until", models.DateTimeField()),
                ("destroyed_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("destroyed_at", None)),
                        fields=["keep_until"],
                        name="held_files_by_term",
                    )
                ],
                "constraints": [vault.constraints.SealedValue("name", name="the_name_of_a_file_is_sealed")],
            },
        ),
        migrations.CreateModel(
            name="SealedText",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("subject", models.UUIDField(db_index=True, null=True)),
                ("about", models.CharField(max_length=64)),
                ("writer_id", models.UUIDField(db_index=True, null=True)),
                ("department", models.CharField(blank=True, default="", max_length=64)),
                (
                    "readers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None
                    ),
                ),
                ("sealed", models.TextField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [vault.constraints.SealedValue("sealed", name="a_text_is_sealed")],
            },
        ),
        migrations.CreateModel(
            name="FileChunk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "file",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="files.sealedfile"),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("file", "number"), name="chunks_of_a_file_are_numbered"),
                    vault.constraints.SealedBytes("sealed", name="a_chunk_is_sealed"),
                ],
            },
        ),
    ]
