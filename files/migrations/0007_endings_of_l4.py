"""What the journal names reaches the restricted host after a restore, where no deposit is known to order destroyed."""

import django.contrib.postgres.fields
from django.db import migrations, models

from trail.restricted_role import restricted_may

APPEND_ONLY = "revoke update, delete, truncate on files_apartending from custinfo_app"
AS_OTHERS = "grant update, delete on files_apartending to custinfo_app"


class Migration(migrations.Migration):
    dependencies = [("files", "0006_texts_say_whom_they_concern")]

    operations = [
        migrations.CreateModel(
            name="ApartEnding",
            fields=[
                ("entry", models.BigIntegerField(primary_key=True, serialize=False)),
                ("subject", models.UUIDField(db_index=True)),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                ("until", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None)), fields=["entry"], name="apart_endings_waiting"
                    )
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, AS_OTHERS),
        restricted_may("select", "files_apartending"),
        restricted_may("update (done_at)", "files_apartending"),
    ]
