import uuid

import django.db.models.functions.comparison
import django.db.models.lookups
from django.db import migrations, models

ONE_ROW_TABLES = """
create table vault_deployment (
    id uuid primary key,
    created_at timestamptz not null default now()
);
create unique index only_one_deployment on vault_deployment ((true));
insert into vault_deployment (id) values ('%(deployment)s');

create table vault_generation (number bigint primary key);
create unique index only_one_generation on vault_generation ((true));
insert into vault_generation (number) values (1);

do $$
declare
    limited text;
begin
    for limited in
        select rolname from pg_roles where rolname in ('custinfo_keyring_web', 'custinfo_keyring_worker')
    loop
        execute format('revoke insert, update, delete, truncate on vault_deployment from %I', limited);
        execute format('revoke insert, delete, truncate on vault_generation from %I', limited);
    end loop;
end
$$;
"""


def write_the_one_rows(apps, schema_editor):
    """Name this deployment; without a name no value can be sealed."""
    schema_editor.execute(ONE_ROW_TABLES.replace("%(deployment)s", str(uuid.uuid4())), params=None)


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DataKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "subject",
                        "domain",
                        "version",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("subject", models.UUIDField()),
                ("domain", models.CharField(max_length=16)),
                ("version", models.PositiveIntegerField(default=1)),
                ("wrapped", models.BinaryField()),
                ("kek_version", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["kek_version"], name="datakey_by_kek")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1), ("kek_version__gte", 1)),
                        name="versions_of_a_data_key_start_at_one",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(models.functions.Length("wrapped"), 60),
                        name="a_data_key_is_wrapped",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KekUse",
            fields=[
                ("kek_version", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("wraps", models.BigIntegerField(default=0)),
                ("first_used_at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="Deployment",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=models.functions.Now(), editable=False)),
            ],
            options={"managed": False, "default_permissions": ()},
        ),
        migrations.CreateModel(
            name="Generation",
            fields=[("number", models.BigIntegerField(primary_key=True, serialize=False))],
            options={"managed": False, "default_permissions": ()},
        ),
        migrations.RunPython(write_the_one_rows, migrations.RunPython.noop),
    ]
