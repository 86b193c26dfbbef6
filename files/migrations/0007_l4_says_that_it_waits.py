"""The restricted host says with its sign of life whether it is sealed: what is handed over waits then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("files", "0006_texts_say_whom_they_concern")]

    operations = [
        migrations.AddField(
            model_name="apartpulse",
            name="sealed",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
