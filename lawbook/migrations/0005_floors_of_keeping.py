"""For how long laws want transaction and identity records kept."""

from django.db import migrations

from lawbook.shipped import install_shipped


class Migration(migrations.Migration):
    """Data only; the rows are dated, so nothing is undone backwards."""

    dependencies = [("lawbook", "0004_trail_terms")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: install_shipped(apps.get_model("lawbook", "FactVersion")),
            migrations.RunPython.noop,
        )
    ]
