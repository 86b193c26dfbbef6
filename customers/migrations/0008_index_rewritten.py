"""The limited role may rewrite the table of the blind index (PostgreSQL 17: MAINTAIN): digests leave its file then."""

from django.db import migrations

LET = "grant maintain on customers_indexentry to custinfo_app"
FORBID = "revoke maintain on customers_indexentry from custinfo_app"


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_old_values_of_l4")]
    operations = [migrations.RunSQL(LET, FORBID)]
