"""That a recipient was told: added, never changed or deleted by any role."""

import django.db.models.deletion
from django.db import migrations, models

import retention.models.destruction

KEEP = """
create trigger it_stays before update or delete on retention_recipienttold
  for each row execute function retention_destruction_stays();
alter table retention_recipienttold enable always trigger it_stays;
revoke update, delete, truncate on retention_recipienttold from custinfo_app;
"""
LET_GO = "drop trigger it_stays on retention_recipienttold;"


class Migration(migrations.Migration):
    dependencies = [("retention", "0003_holds_and_due")]

    operations = [
        migrations.CreateModel(
            name="RecipientTold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("export", models.BigIntegerField()),
                ("told_on", models.DateField()),
                ("how", models.CharField(choices=retention.models.destruction.ways, max_length=10)),
                ("by_id", models.UUIDField()),
                ("by_number", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="told",
                        to="retention.destructionbatch",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "export"), name="a recipient is told once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("how__in", ("mail", "letter", "phone", "in_person", "by_system"))
                        ),
                        name="a recipient is told in a known way",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
