"""The restricted host shows what the catalogue calls fields and purposes."""

from django.db import migrations

from trail.restricted_role import restricted_may

READ = (
    "classification_field",
    "classification_fieldversion",
    "classification_purpose",
    "classification_purposeversion",
)


class Migration(migrations.Migration):
    dependencies = [
        ("classification", "0004_purpose_of_analysis"),
        ("trail", "0004_restricted_host_appends"),
    ]

    operations = [restricted_may("select", *READ)]
