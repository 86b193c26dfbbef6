"""Row level security: the public role sees the rows of the token that its transaction names, and no others.

`custinfo.link` holds the SHA-256 of a link's or a receipt's token, hex (`consent.links.showing`). The two functions
look up what it stands for as the owner; everybody but the public role sees every row, as before.
"""

from django.db import migrations

SHOWN = {
    "consentlink": "id = consent_link_shown()",
    "linktry": "link_id = consent_link_shown()",
    "receipt": "link_id = consent_link_shown()",
    "consentrecord": "subject = consent_subject_shown()",
    "confirmation": "record_id in (select id from consent_consentrecord)",
    "evidence": "record_id in (select id from consent_consentrecord)",
}

# SECURITY: pg_temp stands last, or a temporary table of the public role would be looked up in place of ours.
FUNCTIONS = """
create function consent_token_shown() returns bytea language sql stable as $$
  select decode(nullif(current_setting('custinfo.link', true), ''), 'hex') $$;
create function consent_link_shown() returns uuid language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select l.id from consent_consentlink l where l.token_sha256 = consent_token_shown()
  union all
  select r.link_id from consent_receipt r where r.token_sha256 = consent_token_shown()
  limit 1 $$;
create function consent_subject_shown() returns uuid language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select l.subject from consent_consentlink l where l.id = consent_link_shown() $$;
"""
POLICY = """
alter table consent_@table enable row level security;
create policy by_token on consent_@table
  using (current_user <> 'custinfo_public' or (@condition))
  with check (current_user <> 'custinfo_public' or (@condition));
"""
NO_POLICY = """
drop policy by_token on consent_@table;
alter table consent_@table disable row level security;
"""
NO_FUNCTIONS = """
drop function consent_subject_shown();
drop function consent_link_shown();
drop function consent_token_shown();
"""


def policies() -> str:
    """Return the policy of every table."""
    return "".join(
        POLICY.replace("@table", table).replace("@condition", condition) for table, condition in SHOWN.items()
    )


def no_policies() -> str:
    """Return what takes them away."""
    return "".join(NO_POLICY.replace("@table", table) for table in SHOWN)


class Migration(migrations.Migration):
    dependencies = [("consent", "0002_never_rewritten")]
    operations = [migrations.RunSQL(FUNCTIONS + policies(), no_policies() + NO_FUNCTIONS)]
