"""The law facts as shipped. A later change of the data file comes with a migration like this one."""

from django.db import migrations

from lawbook.shipped import install_shipped


class Migration(migrations.Migration):
    """Data only; the rows are dated, so nothing is undone backwards."""

    dependencies = [("lawbook", "0002_held_by_the_database")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: install_shipped(apps.get_model("lawbook", "FactVersion")),
            migrations.RunPython.noop,
        )
    ]
