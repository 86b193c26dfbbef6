"""The undertaking that was signed with its hash and method, never edited; courses that roles need."""

from django.db import migrations, models

import staff.models.duties

KEEP = """
create function staff_undertaking_stays() returns trigger language plpgsql as $$
begin raise exception 'what somebody signed is never rewritten'; end $$;
create trigger it_stays before update or delete on staff_undertaking
  for each row execute function staff_undertaking_stays();
alter table staff_undertaking enable always trigger it_stays;
create function staff_training_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (to_jsonb(new) - 'valid_until') is not distinct from (to_jsonb(old) - 'valid_until')
    and new.valid_until is not null and (old.valid_until is null or new.valid_until < old.valid_until) then
    return new;
  end if;
  raise exception 'of a training only the end is put earlier';
end $$;
create trigger it_stays before update or delete on staff_training
  for each row execute function staff_training_stays();
alter table staff_training enable always trigger it_stays;
revoke update, delete, truncate on staff_undertaking from custinfo_app;
revoke delete, truncate on staff_training from custinfo_app;
"""
LET_GO = """
drop trigger it_stays on staff_undertaking;
drop function staff_undertaking_stays();
drop trigger it_stays on staff_training;
drop function staff_training_stays();
grant update, delete on staff_undertaking to custinfo_app;
grant delete on staff_training to custinfo_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0006_mailed"),
    ]

    operations = [
        migrations.CreateModel(
            name="RequiredCourse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(choices=staff.models.duties.roles, max_length=20, verbose_name="role"),
                ),
                ("course", models.CharField(max_length=80, verbose_name="course")),
                (
                    "months",
                    models.PositiveSmallIntegerField(default=12, verbose_name="months that it counts"),
                ),
                ("since", models.DateTimeField(verbose_name="required from")),
                ("until", models.DateTimeField(blank=True, null=True, verbose_name="required until")),
            ],
            options={
                "verbose_name": "required course",
                "verbose_name_plural": "required courses",
                "ordering": ("role", "course", "-since"),
            },
        ),
        migrations.AddField(
            model_name="training",
            name="file",
            field=models.UUIDField(blank=True, null=True, verbose_name="certificate"),
        ),
        migrations.AddField(
            model_name="undertaking",
            name="file",
            field=models.UUIDField(blank=True, null=True, verbose_name="scan of the paper"),
        ),
        migrations.AddField(
            model_name="undertaking",
            name="hash",
            field=models.CharField(blank=True, default="", max_length=64, verbose_name="hash of the text"),
        ),
        migrations.AddField(
            model_name="undertaking",
            name="method",
            field=models.CharField(
                choices=staff.models.duties.methods, default="paper", max_length=10, verbose_name="signed how"
            ),
        ),
        migrations.AddConstraint(
            model_name="undertaking",
            constraint=models.CheckConstraint(
                condition=models.Q(("method__in", ("totp", "webauthn", "password", "paper"))),
                name="an_undertaking_is_signed_in_a_known_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="undertaking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method", "paper"), _negated=True),
                    ("hash", ""),
                    ("file__isnull", False),
                    _connector="OR",
                ),
                name="what_was_signed_on_paper_has_its_scan",
            ),
        ),
        migrations.AddConstraint(
            model_name="requiredcourse",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)),
                fields=("role", "course"),
                name="a_course_is_required_once_of_a_role",
            ),
        ),
        migrations.AddConstraint(
            model_name="requiredcourse",
            constraint=models.CheckConstraint(
                condition=models.Q(("months__gte", 1)), name="a_course_counts_for_a_month_at_least"
            ),
        ),
        migrations.AddConstraint(
            model_name="requiredcourse",
            constraint=models.CheckConstraint(
                condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                name="a_requirement_ends_after_it_began",
            ),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
