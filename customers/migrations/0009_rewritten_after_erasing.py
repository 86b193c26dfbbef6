"""The tables of index rows, open values and old values may be rewritten by the application (VACUUM FULL).

MAINTAIN (PostgreSQL 17) lets it do this and nothing else; without it the bytes of erased rows stay in the files.
"""

from django.db import migrations

TABLES = "customers_indexentry, customers_customer, customers_valuechange"


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_restrictions")]
    operations = [
        migrations.RunSQL(
            f"grant maintain on {TABLES} to custinfo_app", f"revoke maintain on {TABLES} from custinfo_app"
        )
    ]
