"""Leaves, nodes, signed checkpoints and what witnesses saw: four tables that nobody can change or empty.

A leaf is the number and the hash of a sealed event; a node is the hash of 256 whole neighbours below it, so that a
proof never reads more than a few hundred rows. The unique index is what keeps two sealers from forking the tree.
"""

from django.db import migrations, models

import trail.words

TABLES = """
create table trail_leaf (
    index     bigint      primary key,
    event_id  bigint      not null,
    at        timestamptz not null,
    hash      bytea       not null,
    constraint a_leaf_has_a_number_from_0 check (index >= 0),
    constraint a_leaf_has_a_hash_of_32_bytes check (octet_length(hash) = 32),
    constraint an_event_has_one_leaf unique (event_id, at)
);
create table trail_node (
    level  smallint not null,
    index  bigint   not null,
    hash   bytea    not null,
    primary key (level, index),
    constraint a_node_lies_on_a_level_that_is_kept check (level in (8, 16, 24, 32)),
    constraint a_node_has_a_hash_of_32_bytes check (octet_length(hash) = 32)
);
create table trail_checkpoint (
    size  bigint      primary key,
    root  bytea       not null,
    note  text        not null,
    at    timestamptz not null,
    constraint a_checkpoint_covers_something check (size > 0),
    constraint a_checkpoint_has_a_root_of_32_bytes check (octet_length(root) = 32)
);
create table trail_witness_seen (
    id       bigint      generated always as identity primary key,
    size     bigint      not null references trail_checkpoint,
    witness  text        not null,
    at       timestamptz not null,
    constraint a_witness_sees_a_checkpoint_once unique (size, witness),
    constraint a_witness_is_a_file_or_a_mail check (witness in ('file', 'mail'))
);
create index trail_checkpoint_at on trail_checkpoint (at);
create index trail_event_recorded on trail_event (recorded_at);
"""
NAMES = ("trail_leaf", "trail_node", "trail_checkpoint", "trail_witness_seen")
WALLS = "\n".join(
    f"""
create trigger append_only before update or delete on {name} for each row execute function trail_refuse();
create trigger never_emptied before truncate on {name} for each statement execute function trail_refuse();
alter table {name} enable always trigger append_only, enable always trigger never_emptied;
revoke all on {name} from public, custinfo_app;
grant select, insert on {name} to custinfo_app;
"""
    for name in NAMES
)
GONE = f"drop table {', '.join(reversed(NAMES))}; drop index trail_event_recorded"


class Migration(migrations.Migration):
    dependencies = [("trail", "0004_restricted_host_appends")]

    operations = [
        migrations.RunSQL(TABLES, GONE),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="leaves")),
                ("root", models.BinaryField(verbose_name="root")),
                ("note", models.TextField(verbose_name="signed note")),
                ("at", models.DateTimeField(verbose_name="signed at")),
            ],
            options={
                "verbose_name": "checkpoint",
                "verbose_name_plural": "checkpoints",
                "db_table": "trail_checkpoint",
                "managed": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                (
                    "index",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="leaf number"),
                ),
                ("at", models.DateTimeField(verbose_name="time of the event")),
                ("hash", models.BinaryField(verbose_name="hash")),
            ],
            options={
                "verbose_name": "leaf",
                "verbose_name_plural": "leaves",
                "db_table": "trail_leaf",
                "managed": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="WitnessSeen",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False, verbose_name="number")),
                ("witness", models.TextField(choices=trail.words.witness_choices, verbose_name="witness")),
                ("at", models.DateTimeField(verbose_name="seen at")),
            ],
            options={
                "verbose_name": "witnessed checkpoint",
                "verbose_name_plural": "witnessed checkpoints",
                "db_table": "trail_witness_seen",
                "managed": False,
                "default_permissions": (),
            },
        ),
    ]
