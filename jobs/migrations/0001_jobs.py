import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("kind", models.CharField(max_length=64)),
                ("owner_id", models.UUIDField(db_index=True, null=True)),
                ("owner_number", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("nudged_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("heartbeat_at", models.DateTimeField(null=True)),
                ("lease", models.UUIDField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("done", models.PositiveBigIntegerField(default=0)),
                ("total", models.PositiveBigIntegerField(null=True)),
                ("cursor", models.JSONField(default=dict)),
                ("parameters", models.JSONField(default=dict)),
                ("outcome", models.JSONField(default=dict)),
                ("error_code", models.CharField(blank=True, default="", max_length=64)),
                ("error_params", models.JSONField(default=dict)),
                ("cancelled_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("-created_at",),
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("cancelled_at", None), ("error_code", ""), ("finished_at", None)),
                        fields=["lease_until"],
                        name="open_jobs_by_lease",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("attempts__lte", 5)), name="attempts_of_a_job_are_limited"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("total", None), ("done__lte", models.F("total")), _connector="OR"
                        ),
                        name="a_job_does_no_more_than_there_is",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cancelled_at", None),
                            models.Q(("error_code", ""), ("finished_at", None)),
                            _connector="OR",
                        ),
                        name="a_stopped_job_neither_finished_nor_failed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("finished_at", None), ("error_code", ""), _connector="OR"),
                        name="a_finished_job_did_not_fail",
                    ),
                ],
            },
        ),
    ]
