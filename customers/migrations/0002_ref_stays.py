"""A customer keeps its ref: every sealed value is bound to it."""

from django.db import migrations

KEEP = """
create function customers_ref_stays() returns trigger language plpgsql as $$
begin raise exception 'a customer keeps its ref'; end $$;
create trigger a_customer_keeps_its_ref before update of ref on customers_customer
  for each row when (old.ref is distinct from new.ref) execute function customers_ref_stays();
"""
LET_GO = """
drop trigger a_customer_keeps_its_ref on customers_customer;
drop function customers_ref_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [migrations.RunSQL(KEEP, LET_GO)]
