"""Find what was last written of a customer: an index over those exposures alone that carry a digest."""

from django.db import migrations

MAKE = "create index trail_exposure_digest on trail_exposure (customer, id) where digest is not null"


class Migration(migrations.Migration):
    dependencies = [("trail", "0005_sealed_leaves")]

    operations = [migrations.RunSQL(MAKE, "drop index trail_exposure_digest")]
