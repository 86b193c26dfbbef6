"""Orders to seal the site, and their ends. Both stay as they were written, whoever asks."""

from django.db import migrations, models

KEEP = """
create function vault_sealing_stays() returns trigger language plpgsql as $$
begin raise exception 'an order to seal the site, or its end, is never rewritten'; end $$;
create trigger it_stays before update or delete on vault_sealorder
  for each row execute function vault_sealing_stays();
alter table vault_sealorder enable always trigger it_stays;
create trigger it_stays before update or delete on vault_unsealing
  for each row execute function vault_sealing_stays();
alter table vault_unsealing enable always trigger it_stays;
do $$
declare
    limited text;
begin
    for limited in
        select rolname from pg_roles where rolname in ('custinfo_keyring_web', 'custinfo_keyring_worker')
    loop
        execute format('revoke update, delete, truncate on vault_sealorder, vault_unsealing from %I', limited);
    end loop;
end
$$;
"""
LET_GO = """
drop trigger it_stays on vault_sealorder;
drop trigger it_stays on vault_unsealing;
drop function vault_sealing_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("vault", "0003_suites_and_epochs")]

    operations = [
        migrations.CreateModel(
            name="SealOrder",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("given_at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="Unsealing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seal_order", models.BigIntegerField()),
                ("lifted_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["seal_order"], name="unsealing_by_order")],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
