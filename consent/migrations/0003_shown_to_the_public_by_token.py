"""Row level security: the public role sees the rows of the token that its transaction names, and no others.

`custinfo.link` holds the SHA-256 of a link's or a receipt's token, hex (`consent.links.showing`). The two functions
look up what it stands for as the owner; everybody but the public role sees every row, as before.
"""

from django.db import migrations

PUBLIC = "custinfo_public"
SHOWN = {
    "consentlink": "id = consent_link_shown()",
    "linktry": "link_id = consent_link_shown()",
    "receipt": "link_id = consent_link_shown()",
    "consentrecord": "subject = consent_subject_shown()",
    "confirmation": "record_id in (select id from consent_consentrecord)",
    "evidence": "record_id in (select id from consent_consentrecord)",
}

PROTECT = """
create function consent_token_shown() returns bytea language sql stable as $$
  select decode(nullif(current_setting('custinfo.link', true), ''), 'hex') $$;
create function consent_link_shown() returns uuid language sql stable security definer
  set search_path = pg_catalog, public as $$
  select l.id from consent_consentlink l where l.token_sha256 = consent_token_shown()
  union all
  select r.link_id from consent_receipt r where r.token_sha256 = consent_token_shown()
  limit 1 $$;
create function consent_subject_shown() returns uuid language sql stable security definer
  set search_path = pg_catalog, public as $$
  select l.subject from consent_consentlink l where l.id = consent_link_shown() $$;
""" + "".join(
    f"""
alter table consent_{table} enable row level security;
create policy by_token on consent_{table}
  using (current_user <> '{PUBLIC}' or ({condition}))
  with check (current_user <> '{PUBLIC}' or ({condition}));
"""
    for table, condition in SHOWN.items()
)

UNPROTECT = (
    "".join(
        f"drop policy by_token on consent_{table}; alter table consent_{table} disable row level security;\n"
        for table in SHOWN
    )
    + """
drop function consent_subject_shown();
drop function consent_link_shown();
drop function consent_token_shown();
"""
)


class Migration(migrations.Migration):
    dependencies = [("consent", "0002_never_rewritten")]
    operations = [migrations.RunSQL(PROTECT, UNPROTECT)]
