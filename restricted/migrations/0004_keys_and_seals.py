"""Acts on the master key by two custodians, orders to seal, and a wall that data keys keep to. All of it stays."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

ROLE = "custinfo_restricted"
KEPT = ("sealorder", "unsealing", "keyact", "keyanswer", "kekfact")
STAY = "".join(
    f"""
create trigger it_stays before update or delete on restricted_{table}
  for each row execute function restricted_stays();
alter table restricted_{table} enable always trigger it_stays;
revoke update, delete, truncate on restricted_{table} from {ROLE};
"""
    for table in KEPT
)
WALL = """
create function restricted_under_a_live_kek() returns trigger language plpgsql as $$
begin
  if exists (select from wrapped where kek_version <
      (select coalesce(max(version), 1) from restricted_kekfact where fact = 'minimum')) then
    raise exception 'a data key lies under a master key below the minimum'
      using errcode = 'check_violation', constraint = 'an_l4_data_key_lies_under_a_live_kek';
  end if;
  return null;
end $$;
create trigger made_under_a_live_kek after insert on restricted_datakey
  referencing new table as wrapped for each statement execute function restricted_under_a_live_kek();
create trigger kept_under_a_live_kek after update on restricted_datakey
  referencing new table as wrapped for each statement execute function restricted_under_a_live_kek();
alter table restricted_datakey enable always trigger made_under_a_live_kek;
alter table restricted_datakey enable always trigger kept_under_a_live_kek;
"""
NO_WALL = """
drop trigger made_under_a_live_kek on restricted_datakey;
drop trigger kept_under_a_live_kek on restricted_datakey;
drop function restricted_under_a_live_kek();
"""


class Migration(migrations.Migration):
    dependencies = [("restricted", "0003_security_keys")]

    operations = [
        migrations.CreateModel(
            name="SealOrder",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("main", models.UUIDField(null=True, unique=True)),
                ("by_number", models.CharField(blank=True, default="", max_length=32)),
                ("at", models.DateTimeField()),
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
                ("at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="KeyAct",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("fact", models.CharField(max_length=12)),
                ("version", models.PositiveIntegerField()),
                ("person", models.UUIDField()),
                ("number", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("version__gte", 1),
                            (
                                "fact__in",
                                ("created", "promoted", "retired", "compromised", "minimum", "destroyed"),
                            ),
                        ),
                        name="a_key_act_is_a_known_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="KeyAnswer",
            fields=[
                (
                    "act",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="answer",
                        serialize=False,
                        to="restricted.keyact",
                    ),
                ),
                ("person", models.UUIDField()),
                ("number", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=80)),
                ("accepted", models.BooleanField()),
                ("content_sha256", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
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
                (
                    "act",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="done",
                        to="restricted.keyact",
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "fact"), name="a_fact_of_an_l4_key_happens_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(STAY, migrations.RunSQL.noop),
        migrations.RunSQL(WALL, NO_WALL),
    ]
