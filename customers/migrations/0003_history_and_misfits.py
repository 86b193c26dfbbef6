"""What fields held before, and held values that no longer fit their field."""

import django.db.models.deletion
from django.db import migrations, models

KEEP = """
create function customers_change_stays() returns trigger language plpgsql as $$
begin
  if old.level < 3 and new.level = 3
     and to_jsonb(new) - 'text' - 'level' = to_jsonb(old) - 'text' - 'level' then return new; end if;
  raise exception 'an old value is masked, never edited';
end $$;
create trigger an_old_value_is_never_edited before update on customers_valuechange
  for each row execute function customers_change_stays();
"""
LET_GO = """
drop trigger an_old_value_is_never_edited on customers_valuechange;
drop function customers_change_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_ref_stays")]
    operations = [
        migrations.CreateModel(
            name="Misfit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field", models.CharField(max_length=40)),
                ("code", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="misfits",
                        db_index=False,
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["field", "customer"], name="misfit_by_field")],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "field"), name="a held value misfits once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ValueChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field", models.CharField(max_length=40)),
                ("text", models.TextField()),
                ("level", models.PositiveSmallIntegerField()),
                ("origin", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("by_number", models.CharField(max_length=40)),
                ("cleared", models.BooleanField(default=False)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["customer", "field", "-at"], name="value_change_by_field")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("level__in", (1, 2, 3))), name="an old value was of L1 to L3"
                    )
                ],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
