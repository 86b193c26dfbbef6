"""The register of backups and recoveries. No row is changed or deleted, by any role."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("backup", "backupcheck", "backupremoval", "recovery")
KEEP = """
create function retention_copies_stay() returns trigger language plpgsql as $$
begin raise exception 'what happened to a backup is never rewritten' using errcode = '42501'; end $$;
""" + "".join(
    f"""
create trigger it_stays before update or delete on retention_{table}
  for each row execute function retention_copies_stay();
alter table retention_{table} enable always trigger it_stays;
revoke update, delete, truncate on retention_{table} from custinfo_app;
"""
    for table in TABLES
)
LET_GO = (
    "".join(f"drop trigger it_stays on retention_{table};\n" for table in TABLES)
    + "drop function retention_copies_stay();\n"
)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Backup",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("data", "data"), ("keyring", "keyring")], max_length=8, verbose_name="kind"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="recovery point")),
                ("file", models.CharField(max_length=80, verbose_name="file")),
                ("size", models.BigIntegerField(verbose_name="bytes")),
                ("sha256", models.CharField(max_length=64, verbose_name="hash")),
                ("manifest_sha256", models.CharField(max_length=64, verbose_name="hash of the manifest")),
                ("rows", models.BigIntegerField(verbose_name="rows")),
                ("generation", models.BigIntegerField(verbose_name="generation")),
                ("journal", models.BigIntegerField(verbose_name="position in the destruction journal")),
                ("location", models.CharField(blank=True, max_length=200, verbose_name="copies go to")),
                ("event", models.BigIntegerField(verbose_name="event")),
            ],
            options={
                "verbose_name": "backup",
                "verbose_name_plural": "backups",
                "ordering": ("-at",),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="BackupCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="checked at")),
                ("seconds", models.FloatField(verbose_name="seconds to restore")),
                ("faults", models.JSONField(default=list, verbose_name="faults")),
                ("event", models.BigIntegerField(verbose_name="event")),
            ],
            options={
                "verbose_name": "check of a backup",
                "verbose_name_plural": "checks of backups",
                "ordering": ("-at",),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Recovery",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("drill", models.BooleanField(verbose_name="drill")),
                ("at", models.DateTimeField(verbose_name="ended at")),
                ("by_number", models.CharField(max_length=64, verbose_name="staff number")),
                ("by_name", models.CharField(max_length=200, verbose_name="name of the person")),
                ("data", models.UUIDField(verbose_name="backup of the data")),
                ("keyring", models.UUIDField(null=True, verbose_name="backup of the keyring")),
                ("point", models.DateTimeField(verbose_name="recovery point")),
                ("lost", models.DurationField(verbose_name="age of the recovery point")),
                ("seconds", models.FloatField(verbose_name="recovery time in seconds")),
                ("faults", models.JSONField(default=list, verbose_name="faults")),
                ("event", models.BigIntegerField(verbose_name="event")),
            ],
            options={
                "verbose_name": "recovery",
                "verbose_name_plural": "recoveries",
                "ordering": ("-at",),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="BackupRemoval",
            fields=[
                (
                    "backup",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="removal",
                        serialize=False,
                        to="retention.backup",
                        verbose_name="backup",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="removed at")),
                ("event", models.BigIntegerField(verbose_name="event")),
            ],
            options={
                "verbose_name": "removal of a backup",
                "verbose_name_plural": "removals of backups",
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="backup",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("data", "keyring"))), name="a_backup_is_of_a_known_kind"
            ),
        ),
        migrations.AddField(
            model_name="backupcheck",
            name="backup",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="checks",
                to="retention.backup",
                verbose_name="backup",
            ),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
