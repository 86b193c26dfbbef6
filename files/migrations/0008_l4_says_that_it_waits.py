"""The restricted host says with its sign of life whether it is sealed: what is handed over waits then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("files", "0007_endings_of_l4")]

    operations = [
        migrations.AddField(
            model_name="apartpulse",
            name="sealed",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
