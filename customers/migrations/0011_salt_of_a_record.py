"""Each record gets a salt of its own, under which the trail keeps digests of open values."""

from uuid import uuid4

from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0010_restrictions_reach_l4")]
    operations = [
        migrations.AddField(
            "customer", "salt", models.UUIDField(db_default=RandomUUID(), default=uuid4, editable=False)
        )
    ]
