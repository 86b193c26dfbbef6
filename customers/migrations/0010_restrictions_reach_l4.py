"""The restricted host sees what of whom is only stored: by UUID, with no way to any customer."""

from django.db import migrations

from trail.restricted_role import restricted_may

VIEW = """
create view files_apartrestriction as
  select one.id, customer.ref as subject, one.field, one.basis, one.kept_until, one.since, one.until
  from customers_restriction one join customers_customer customer on customer.id = one.customer_id;
revoke insert, update, delete on files_apartrestriction from custinfo_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0009_rewritten_after_erasing"),
        ("files", "0005_orders_to_seal_l4"),
    ]

    operations = [
        migrations.RunSQL(VIEW, "drop view files_apartrestriction"),
        restricted_may("select", "files_apartrestriction"),
    ]
