"""The order to seal reaches the restricted host: the main site adds it, nobody takes it back there."""

import uuid

from django.db import migrations, models

from trail.restricted_role import restricted_may

APPEND_ONLY = "revoke update, delete, truncate on files_apartsealing from custinfo_app"
AS_OTHERS = "grant update, delete on files_apartsealing to custinfo_app"


class Migration(migrations.Migration):
    dependencies = [("files", "0004_deposits_to_l4")]

    operations = [
        migrations.CreateModel(
            name="ApartSealing",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("by_number", models.CharField(blank=True, default="", max_length=32)),
                ("at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="ApartRestriction",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("subject", models.UUIDField()),
                ("field", models.CharField(max_length=40)),
                ("basis", models.CharField(max_length=20)),
                ("kept_until", models.DateTimeField(null=True)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
            ],
            options={"default_permissions": (), "managed": False},
        ),
        migrations.RunSQL(APPEND_ONLY, AS_OTHERS),
        restricted_may("select", "files_apartsealing"),
    ]
