"""How often the master key is rotated and its escrow tried."""

from django.db import migrations

from lawbook.shipped import install_shipped


class Migration(migrations.Migration):
    """Data only; the rows are dated, so nothing is undone backwards."""

    dependencies = [("lawbook", "0005_floors_of_keeping")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: install_shipped(apps.get_model("lawbook", "FactVersion")),
            migrations.RunPython.noop,
        )
    ]
