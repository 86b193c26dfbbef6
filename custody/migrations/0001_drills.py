"""Escrow drills, which are never rewritten."""

from django.db import migrations, models

import custody.models.drills

KEEP = """
create function custody_stays() returns trigger language plpgsql as $$
begin raise exception 'a drill that was recorded is never rewritten'; end $$;
create trigger it_stays before update or delete on custody_escrowdrill
  for each row execute function custody_stays();
alter table custody_escrowdrill enable always trigger it_stays;
"""
LET_GO = """
drop trigger it_stays on custody_escrowdrill;
drop function custody_stays();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="EscrowDrill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("held_on", models.DateField(verbose_name="held on")),
                (
                    "copy",
                    models.CharField(
                        choices=custody.models.drills.copies,
                        max_length=8,
                        verbose_name="what was brought back",
                    ),
                ),
                ("opened", models.BooleanField(verbose_name="test values opened")),
                ("proposal", models.UUIDField(unique=True, verbose_name="proposal")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
            ],
            options={
                "verbose_name": "escrow drill",
                "verbose_name_plural": "escrow drills",
                "ordering": ("-held_on", "-id"),
                "default_permissions": ("view",),
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
