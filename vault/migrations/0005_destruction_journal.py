"""The destruction journal and its tombstones: written by the worker, read by all, edited by nobody.

VACUUM FULL, after which no byte of a destroyed key lies in the table's file, wants the right MAINTAIN (PostgreSQL 17):
the worker's role has it for the table of data keys, the web's role for none.
"""

import django.contrib.postgres.fields
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

KEEP = """
create function vault_journal_stays() returns trigger language plpgsql as $$
begin raise exception 'the destruction journal is never rewritten' using errcode = '42501'; end $$;
""" + "".join(
    f"""
create trigger it_stays before update or delete on vault_{table}
  for each row execute function vault_journal_stays();
alter table vault_{table} enable always trigger it_stays;
revoke insert, update, delete, truncate on vault_{table} from custinfo_keyring_web;
revoke update, delete, truncate on vault_{table} from custinfo_keyring_worker;
"""
    for table in ("journalentry", "tombstone")
)
LET_GO = """
drop trigger it_stays on vault_journalentry;
drop trigger it_stays on vault_tombstone;
drop function vault_journal_stays();
"""
MAINTAIN = "grant maintain on vault_datakey to custinfo_keyring_worker"
MAINTAIN_NO_MORE = "revoke maintain on vault_datakey from custinfo_keyring_worker"


class Migration(migrations.Migration):
    dependencies = [("vault", "0004_sealing_the_site")]

    operations = [
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("record", models.UUIDField()),
                ("subject", models.UUIDField(db_index=True)),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("record", "subject", "fields"), name="a_subject_is_destroyed_once_per_record"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tombstone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.BinaryField(db_index=True)),
                ("index", models.CharField(max_length=40)),
                ("subject", models.UUIDField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject", "index"), name="a_subject_has_a_tombstone_per_index"
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(
                            django.db.models.functions.text.Length("digest"), 32
                        ),
                        name="a_tombstone_is_a_digest",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunSQL(MAINTAIN, MAINTAIN_NO_MORE),
    ]
