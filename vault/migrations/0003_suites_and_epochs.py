"""Which suite seals since when, and what became of each index epoch. Rows stay as they were written."""

from django.db import migrations, models

KEEP = """
create function vault_fact_stays() returns trigger language plpgsql as $$
begin raise exception 'what was said of keys is never rewritten'; end $$;
create trigger it_stays before update or delete on vault_suiteuse
  for each row execute function vault_fact_stays();
alter table vault_suiteuse enable always trigger it_stays;
create trigger it_stays before update or delete on vault_epochfact
  for each row execute function vault_fact_stays();
alter table vault_epochfact enable always trigger it_stays;
create view vault_state (generation, suite, superseded) as
  select number, coalesce((select suite from vault_suiteuse order by id desc limit 1), 1),
    array(select epoch from vault_epochfact where fact = 'superseded')
  from vault_generation;
do $$
declare
    limited text;
begin
    for limited in
        select rolname from pg_roles where rolname in ('custinfo_keyring_web', 'custinfo_keyring_worker')
    loop
        execute format('revoke update, delete, truncate on vault_suiteuse, vault_epochfact from %I', limited);
        execute format('revoke insert, update, delete, truncate on vault_state from %I', limited);
    end loop;
    -- SECURITY: acts on keys are the worker's.
    if exists (select from pg_roles where rolname = 'custinfo_keyring_web') then
        revoke insert on vault_suiteuse, vault_epochfact from custinfo_keyring_web;
    end if;
    -- Who destroys keys also rewrites their table, so that no byte of them stays in its file (PostgreSQL 17: MAINTAIN).
    if exists (select from pg_roles where rolname = 'custinfo_keyring_worker') then
        grant maintain on vault_datakey to custinfo_keyring_worker;
    end if;
end
$$;
"""
LET_GO = """
drop view vault_state;
drop trigger it_stays on vault_suiteuse;
drop trigger it_stays on vault_epochfact;
drop function vault_fact_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("vault", "0002_kek_life")]

    operations = [
        migrations.CreateModel(
            name="SuiteUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("suite", models.PositiveSmallIntegerField()),
                ("since", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="EpochFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("epoch", models.PositiveSmallIntegerField()),
                ("fact", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("epoch", "fact"), name="an_epoch_comes_and_goes_once"),
                    models.CheckConstraint(
                        condition=models.Q(("fact__in", ("created", "superseded", "destroyed"))),
                        name="an_epoch_is_created_superseded_or_destroyed",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
