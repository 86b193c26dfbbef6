"""The purpose of grouped statistics, where the catalogue was put in before there was one."""

from django.db import migrations

from classification.services import install_shipped


class Migration(migrations.Migration):
    dependencies = [("classification", "0003_shipped_catalogue")]
    operations = [migrations.RunPython(lambda apps, editor: install_shipped(apps), migrations.RunPython.noop)]
