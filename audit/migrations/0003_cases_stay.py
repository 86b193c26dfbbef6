"""Findings, cases and audits are never deleted, what is set once stays, and nobody decides about themselves."""

from django.db import migrations

SET_ONCE = {
    "audit_audit": "signed_at, signed_by_id, signed_by_number, signed_by_name, digest",
    "audit_auditresult": "acknowledged_at",
    "audit_suppression": "ended_at",
    "audit_finding": "case_id, joined_at, decision, decided_at, decided_by_id, decided_by_number, decided_by_name, words",
    "audit_sighting": "",
    "audit_case": "",
    "audit_caseentry": "",
}

FUNCTION = """
create function audit_facts_stay() returns trigger language plpgsql as $$
declare
  set_once text[] := string_to_array(replace(tg_argv[0], ' ', ''), ',');
  fact text;
begin
  if tg_op = 'DELETE' then
    raise exception 'findings, cases and audits are never deleted';
  end if;
  if (to_jsonb(new) - set_once) is distinct from (to_jsonb(old) - set_once) then
    raise exception 'what an audit found is never rewritten';
  end if;
  foreach fact in array set_once loop
    if coalesce(to_jsonb(old) ->> fact, '') <> '' and to_jsonb(new) -> fact is distinct from to_jsonb(old) -> fact then
      raise exception 'what was decided about a finding, case or audit is never rewritten';
    end if;
  end loop;
  return new;
end $$;

create function audit_nobody_decides_about_themselves() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'audit_caseentry' then
    if exists (select from audit_finding where case_id = new.case_id and person in (new.by_id, new.owner)) then
      raise exception 'nobody works on a case about themselves';
    end if;
  elsif new.case_id is not null and exists (
    select from audit_caseentry where case_id = new.case_id and new.person in (by_id, owner)
  ) then
    raise exception 'nobody works on a case about themselves';
  end if;
  return new;
end $$;
create trigger nobody_decides_about_themselves before insert on audit_caseentry
  for each row execute function audit_nobody_decides_about_themselves();
alter table audit_caseentry enable always trigger nobody_decides_about_themselves;
create trigger nobody_decides_about_themselves before insert or update on audit_finding
  for each row execute function audit_nobody_decides_about_themselves();
alter table audit_finding enable always trigger nobody_decides_about_themselves;
"""
TRIGGERS = "".join(
    f"""
create trigger facts_stay before update or delete on {table}
  for each row execute function audit_facts_stay('{columns}');
alter table {table} enable always trigger facts_stay;
"""
    for table, columns in SET_ONCE.items()
)
BACKWARD = (
    """
drop trigger nobody_decides_about_themselves on audit_finding;
drop trigger nobody_decides_about_themselves on audit_caseentry;
drop function audit_nobody_decides_about_themselves();
"""
    + "".join(f"drop trigger facts_stay on {table};" for table in SET_ONCE)
    + "drop function audit_facts_stay();"
)


class Migration(migrations.Migration):
    """The triggers, under every role."""

    dependencies = (("audit", "0002_cases"),)
    operations = (migrations.RunSQL(FUNCTION + TRIGGERS, BACKWARD),)
