"""What a review froze and what was decided in it is never rewritten: each fact is set once, by no role twice."""

from django.db import migrations

FORWARD = """
create function access_review_stays() returns trigger language plpgsql as $$
declare
  set_once text[];
  fact text;
begin
  if tg_op = 'DELETE' then
    raise exception 'a permission review is never deleted';
  end if;
  if tg_table_name = 'access_permissionreview' then
    set_once := array['first_warned_at', 'last_warned_at', 'closed_at'];
  else
    set_once := array['decision', 'until', 'decided_at', 'decided_by_id', 'decided_by_number', 'decided_by_name',
                      'event', 'ended_at', 'verified_at'];
  end if;
  if (to_jsonb(new) - set_once) is distinct from (to_jsonb(old) - set_once) then
    raise exception 'what a permission review froze is never rewritten';
  end if;
  foreach fact in array set_once loop
    if coalesce(to_jsonb(old) ->> fact, '') <> '' and to_jsonb(new) -> fact is distinct from to_jsonb(old) -> fact then
      raise exception 'what was decided in a permission review is never rewritten';
    end if;
  end loop;
  if to_jsonb(old) ->> 'decision' <> '' and to_jsonb(new) ->> 'until' is distinct from to_jsonb(old) ->> 'until' then
    raise exception 'what was decided in a permission review is never rewritten';
  end if;
  return new;
end $$;
create trigger a_review_stays before update or delete on access_permissionreview
  for each row execute function access_review_stays();
alter table access_permissionreview enable always trigger a_review_stays;
create trigger a_review_stays before update or delete on access_reviewitem
  for each row execute function access_review_stays();
alter table access_reviewitem enable always trigger a_review_stays;
"""
BACKWARD = """
drop trigger a_review_stays on access_reviewitem;
drop trigger a_review_stays on access_permissionreview;
drop function access_review_stays();
"""


class Migration(migrations.Migration):
    """The trigger, on both tables and under every role."""

    dependencies = (("access", "0011_reviews"),)
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)
