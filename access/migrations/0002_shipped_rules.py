"""The reading rules as shipped."""

from typing import Any

from django.db import migrations

from access.shipped import install_shipped


def install(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.alias == "default":
        install_shipped(apps.get_model("access", "ReadingRule"))


class Migration(migrations.Migration):
    """Data only; the rows are dated, so nothing is undone backwards."""

    dependencies = (("access", "0001_initial"),)
    operations = (migrations.RunPython(install, migrations.RunPython.noop),)
