"""The life of KEKs: facts that are only ever added, what follows from them, and a wall that data keys keep to."""

from django.db import migrations, models

LIFE = """
create view vault_keknow as
  select coalesce(max(version) filter (where fact = 'promoted'), 1) as current,
         coalesce(max(version) filter (where fact = 'minimum'), 1) as minimum
  from vault_kekfact;

create function vault_kekfact_stays() returns trigger language plpgsql as $$
begin raise exception 'what became of a KEK is never rewritten'; end $$;
create trigger it_stays before update or delete on vault_kekfact
  for each row execute function vault_kekfact_stays();
alter table vault_kekfact enable always trigger it_stays;

create function vault_wrapped_by_a_live_kek() returns trigger language plpgsql as $$
begin
  if exists (select from wrapped where kek_version < (select minimum from vault_keknow)) then
    raise exception 'a data key lies under a KEK below the minimum'
      using errcode = 'check_violation', constraint = 'a_data_key_is_wrapped_by_a_live_kek';
  end if;
  return null;
end $$;
create trigger made_under_a_live_kek after insert on vault_datakey
  referencing new table as wrapped for each statement execute function vault_wrapped_by_a_live_kek();
create trigger kept_under_a_live_kek after update on vault_datakey
  referencing new table as wrapped for each statement execute function vault_wrapped_by_a_live_kek();
alter table vault_datakey enable always trigger made_under_a_live_kek;
alter table vault_datakey enable always trigger kept_under_a_live_kek;

-- SECURITY: the web's role states nothing of KEKs: acts on them are the worker's.
do $$
declare
    limited text;
begin
    for limited in
        select rolname from pg_roles where rolname in ('custinfo_keyring_web', 'custinfo_keyring_worker')
    loop
        execute format('revoke update, delete, truncate on vault_kekfact from %I', limited);
        execute format('revoke insert, update, delete, truncate on vault_keknow from %I', limited);
        if limited = 'custinfo_keyring_web' then
            execute format('revoke insert on vault_kekfact from %I', limited);
        end if;
    end loop;
end
$$;
"""

NO_LIFE = """
drop trigger made_under_a_live_kek on vault_datakey;
drop trigger kept_under_a_live_kek on vault_datakey;
drop function vault_wrapped_by_a_live_kek();
drop trigger it_stays on vault_kekfact;
drop function vault_kekfact_stays();
drop view vault_keknow;
"""


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_keyring")]

    operations = [
        migrations.CreateModel(
            name="KekFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("fact", models.CharField(max_length=12)),
                ("at", models.DateTimeField()),
                ("proposal", models.UUIDField()),
            ],
            options={
                "ordering": ("id",),
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("version", "fact"), name="a_kek_fact_happens_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("version__gte", 1),
                            (
                                "fact__in",
                                ("created", "promoted", "retired", "compromised", "minimum", "destroyed"),
                            ),
                        ),
                        name="a_kek_fact_is_a_known_one",
                    ),
                ],
            },
        ),
        migrations.RunSQL(LIFE, NO_LIFE),
    ]
