"""What a field held before is hidden once the field is L4: that there was something is all that stays."""

from django.db import migrations, models

FUNCTION = """
create or replace function customers_change_stays() returns trigger language plpgsql as $$
begin
  if ({allowed})
     and to_jsonb(new) - 'text' - 'level' = to_jsonb(old) - 'text' - 'level' then return new; end if;
  raise exception 'an old value is masked, never edited';
end $$;
"""
MASKED = "old.level < 3 and new.level = 3"
HIDDEN = f"{MASKED} or old.level < 4 and new.level = 4 and new.text = '••••'"


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_given_rights_end")]
    operations = [
        migrations.RemoveConstraint(model_name="valuechange", name="an old value was of L1 to L3"),
        migrations.AddConstraint(
            model_name="valuechange",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", (1, 2, 3, 4))), name="an old value was of L1 to L4"
            ),
        ),
        migrations.RunSQL(FUNCTION.format(allowed=HIDDEN), FUNCTION.format(allowed=MASKED)),
    ]
