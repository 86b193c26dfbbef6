"""What is only stored, and until when (PIPL 47)."""

import django.db.models.deletion
from django.db import migrations, models

KEEP = """
create function customers_restriction_stays() returns trigger language plpgsql as $$
begin
  if old.until is null and to_jsonb(new) - 'until' = to_jsonb(old) - 'until' then return new; end if;
  raise exception 'a restriction is lifted, never edited';
end $$;
create trigger a_restriction_is_never_edited before update on customers_restriction
  for each row execute function customers_restriction_stays();
alter table customers_restriction enable always trigger a_restriction_is_never_edited;
"""
LET_GO = """
drop trigger a_restriction_is_never_edited on customers_restriction;
drop function customers_restriction_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0007_old_values_of_l4"),
    ]

    operations = [
        migrations.CreateModel(
            name="Restriction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field", models.CharField(blank=True, default="", max_length=40)),
                ("basis", models.CharField(max_length=20)),
                ("source", models.CharField(blank=True, default="", max_length=60)),
                ("kept_until", models.DateTimeField(null=True)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="restrictions",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["customer", "field"], name="restriction_by_customer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True), ("until__gt", models.F("since")), _connector="OR"
                        ),
                        name="a restriction ends after it began",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("basis", ""), _negated=True), name="a restriction says why"
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
