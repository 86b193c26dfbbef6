"""Words of cases and reported problems name the customers whom they concern."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("files", "0005_orders_to_seal_l4")]

    operations = [
        migrations.AddField(
            model_name="sealedtext",
            name="concerns",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), blank=True, default=list, size=None
            ),
        ),
        migrations.AddIndex(
            model_name="sealedtext",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("concerns", []), _negated=True),
                fields=["concerns"],
                name="texts_by_whom_they_concern",
            ),
        ),
    ]
