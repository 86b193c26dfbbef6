"""The shipped catalogue, purposes and scenarios. They count until the company signs its own."""

from django.db import migrations

from classification.services import install_shipped


class Migration(migrations.Migration):
    dependencies = [("classification", "0002_held_by_the_database")]
    operations = [migrations.RunPython(lambda apps, editor: install_shipped(apps), migrations.RunPython.noop)]
