"""What the public pages hand over. They add rows and read none; the main processes change only what taking in changes."""

import uuid

import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

from trail.public_role import may

COLUMNS = ("id", "purpose", "reference", "sealed", "sha256", "size", "created_at", "taken_at", "refused")
APPEND_ONLY = """
revoke update, delete, truncate on files_deposit from custinfo_app;
grant update (sealed, taken_at, refused) on files_deposit to custinfo_app;
"""
AS_OTHERS = "grant update, delete on files_deposit to custinfo_app"


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_evidence_domain"),
        ("trail", "0003_public_pages_append"),
    ]

    operations = [
        migrations.CreateModel(
            name="Deposit",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("purpose", models.CharField(max_length=64)),
                ("reference", models.UUIDField(db_index=True)),
                ("sealed", models.BinaryField()),
                ("sha256", models.BinaryField()),
                ("size", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                ("refused", models.CharField(blank=True, default="", max_length=32)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("taken_at", None)),
                        fields=["created_at"],
                        name="waiting_deposits_by_age",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_at__isnull", False),
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.Substr("sealed", 1, 22),
                                models.Value(b"age-encryption.org/v1\n", output_field=models.BinaryField()),
                            ),
                            _connector="OR",
                        ),
                        name="a_deposit_is_sealed",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("sealed"), 10489344
                        ),
                        name="a_deposit_has_a_limit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_at__isnull", True),
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.Length("sealed"), 0
                            ),
                            _connector="OR",
                        ),
                        name="a_deposit_dealt_with_is_gone",
                    ),
                ],
            },
        ),
        may("files_deposit", insert=COLUMNS),
        migrations.RunSQL(APPEND_ONLY, AS_OTHERS),
    ]
