"""A reading rule is superseded, never edited and never deleted: the database holds that too."""

from django.db import migrations

FORWARD = """
create function access_rule_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a reading rule is never deleted';
  end if;
  if old.until is not null or (to_jsonb(new) - 'until') is distinct from (to_jsonb(old) - 'until') then
    raise exception 'a reading rule is superseded, never edited';
  end if;
  return new;
end $$;
create trigger access_rule_stays before update or delete on access_readingrule
  for each row execute function access_rule_stays();
alter table access_readingrule enable always trigger access_rule_stays;
"""
BACKWARD = """
drop trigger access_rule_stays on access_readingrule;
drop function access_rule_stays();
"""


class Migration(migrations.Migration):
    """The trigger, on the table and under every role."""

    dependencies = (("access", "0002_shipped_rules"),)
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)
