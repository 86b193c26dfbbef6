"""The public pages see from which office an answer comes: consent answered there counts only once confirmed."""

from django.db import migrations

from trail.public_role import may


class Migration(migrations.Migration):
    dependencies = [("staff", "0004_the_organisation"), ("trail", "0003_public_pages_append")]

    operations = [
        may("staff_site", select=("id", "code", "name", "region")),
        may("staff_network", select=("id", "cidr", "site_id", "zone")),
    ]
