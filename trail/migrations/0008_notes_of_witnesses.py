"""The note that a witness signed is kept, so that what counts as witnessed can be verified whenever it is asked."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("trail", "0007_archived_months")]

    operations = [
        migrations.RunSQL(
            "alter table trail_witness_seen add column note text not null default ''",
            "alter table trail_witness_seen drop column note",
        )
    ]
