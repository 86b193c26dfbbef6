"""Decoy rows are recognised by digests under a key of their own, whatever becomes of the epochs of the index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0014_export_decoys_stay")]
    operations = [
        migrations.RemoveConstraint(model_name="exportdecoy", name="a_decoy_row_is_of_one_export"),
        migrations.RemoveField(model_name="exportdecoy", name="epoch"),
        migrations.AddConstraint(
            model_name="exportdecoy",
            constraint=models.UniqueConstraint(fields=("digest",), name="a_decoy_row_is_of_one_export"),
        ),
    ]
