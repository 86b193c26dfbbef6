"""Row budgets as shipped, superseded and never edited; and the portions given beyond them, which stay as they are."""

from typing import Any

from django.db import migrations, models

import access.models.budgets
from access.shipped import install_budgets

KEEP = """
create function access_budget_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a row budget is never deleted';
  end if;
  if old.until is not null or (to_jsonb(new) - 'until') is distinct from (to_jsonb(old) - 'until') then
    raise exception 'a row budget is superseded, never edited';
  end if;
  return new;
end $$;
create trigger access_budget_stays before update or delete on access_rowbudget
  for each row execute function access_budget_stays();
alter table access_rowbudget enable always trigger access_budget_stays;
create trigger it_stays before update or delete on access_budgetportion
  for each row execute function access_stays();
alter table access_budgetportion enable always trigger it_stays;
"""
LET_GO = """
drop trigger it_stays on access_budgetportion;
drop trigger access_budget_stays on access_rowbudget;
drop function access_budget_stays();
"""


def install(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.alias == "default":
        install_budgets(apps.get_model("access", "RowBudget"))


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0008_masked_datasets"),
    ]

    operations = [
        migrations.CreateModel(
            name="BudgetPortion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person_id", models.UUIDField(verbose_name="person")),
                (
                    "budget",
                    models.CharField(
                        choices=access.models.budgets.budgets, max_length=8, verbose_name="budget"
                    ),
                ),
                ("tier", models.CharField(blank=True, max_length=20, verbose_name="customer tier")),
                ("window", models.CharField(max_length=4, verbose_name="window")),
                ("step", models.CharField(max_length=6, verbose_name="step")),
                ("rows", models.PositiveIntegerField(verbose_name="rows")),
                ("reason", models.UUIDField(blank=True, null=True, verbose_name="sealed reason")),
                ("by_id", models.UUIDField(verbose_name="given by")),
                ("by_number", models.CharField(max_length=32, verbose_name="staff number")),
                ("at", models.DateTimeField(verbose_name="at")),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="RowBudget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=80, verbose_name="code")),
                ("number", models.PositiveIntegerField(default=1, verbose_name="version")),
                (
                    "budget",
                    models.CharField(
                        choices=access.models.budgets.budgets, max_length=8, verbose_name="budget"
                    ),
                ),
                ("role", models.CharField(max_length=20, verbose_name="role")),
                ("tier", models.CharField(blank=True, max_length=20, verbose_name="customer tier")),
                ("per_hour", models.PositiveIntegerField(verbose_name="per hour")),
                ("per_day", models.PositiveIntegerField(verbose_name="per day")),
                ("more_hour", models.PositiveIntegerField(verbose_name="portion more in an hour")),
                ("more_day", models.PositiveIntegerField(verbose_name="portion more in a day")),
                ("since", models.DateTimeField(verbose_name="since")),
                ("until", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                ("shipped", models.BooleanField(default=False, verbose_name="shipped")),
                ("proposal", models.UUIDField(blank=True, null=True, verbose_name="proposal")),
            ],
            options={
                "verbose_name": "row budget",
                "verbose_name_plural": "row budgets",
                "ordering": ("budget", "role", "tier", "number"),
                "default_permissions": ("view",),
            },
        ),
        migrations.AddIndex(
            model_name="budgetportion",
            index=models.Index(fields=["person_id", "at"], name="portions_of_a_person"),
        ),
        migrations.AddConstraint(
            model_name="budgetportion",
            constraint=models.CheckConstraint(
                condition=models.Q(("window__in", ("hour", "day"))), name="a_portion_has_a_window"
            ),
        ),
        migrations.AddConstraint(
            model_name="budgetportion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason__isnull", False), ("step", "reason")),
                    models.Q(("reason__isnull", True), ("step", "tap")),
                    _connector="OR",
                ),
                name="a_portion_has_a_reason_or_is_a_tap",
            ),
        ),
        migrations.AddConstraint(
            model_name="budgetportion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by_id", models.F("person_id")), ("step", "reason")),
                    models.Q(("step", "tap"), models.Q(("by_id", models.F("person_id")), _negated=True)),
                    _connector="OR",
                ),
                name="nobody_taps_for_themselves",
            ),
        ),
        migrations.AddConstraint(
            model_name="rowbudget",
            constraint=models.UniqueConstraint(
                fields=("code", "number"), name="a_budget_version_exists_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="rowbudget",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)),
                fields=("budget", "role", "tier"),
                name="one_budget_speaks_about_one_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="rowbudget",
            constraint=models.CheckConstraint(
                condition=models.Q(("budget__in", ("clear", "lists"))), name="a_budget_counts_values_or_lists"
            ),
        ),
        migrations.AddConstraint(
            model_name="rowbudget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("budget", "lists"), _negated=True), ("tier", ""), _connector="OR"
                ),
                name="lists_have_one_budget_for_all_tiers",
            ),
        ),
        migrations.AddConstraint(
            model_name="rowbudget",
            constraint=models.CheckConstraint(
                condition=models.Q(("per_day__gte", models.F("per_hour")), ("per_hour__gte", 1)),
                name="a_day_holds_at_least_an_hour_of_a_budget",
            ),
        ),
        migrations.AddConstraint(
            model_name="rowbudget",
            constraint=models.CheckConstraint(
                condition=models.Q(("more_day__gte", 1), ("more_hour__gte", 1)),
                name="a_portion_is_more_than_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="rowbudget",
            constraint=models.CheckConstraint(
                condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                name="a_budget_ends_after_it_began",
            ),
        ),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
