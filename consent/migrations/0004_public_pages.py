"""What the public pages read of notices, links and answers, and what they add; which rows, the policies say.

The role's rows are answers that come by link, in nobody's name: a constraint holds it, whoever runs the process.
"""

from django.db import migrations

from trail.public_role import may

VERSION = ("id", "notice_id", "number", "purposes", "changes", "renews", "published_at", "proposal")
LINK = (
    *("id", "token_sha256", "subject", "version_id", "purposes", "language", "check_field", "check_kind"),
    *(
        "check_names",
        "check_mac",
        "via",
        "via_field",
        "address_since",
        "takes_file",
        "made_by_id",
        "made_by_number",
        "contact",
    ),
    *("made_at", "expires_at"),
)
TRY = ("link_id", "at", "ip", "passed")
RECEIPT = ("link_id", "token_sha256", "at")
RECORD = (
    *(
        "ref",
        "subject",
        "purpose",
        "version_id",
        "language",
        "answer",
        "fields",
        "separate",
        "written",
        "method",
    ),
    *("guardian", "source", "captured_by_id", "captured_by_number", "link_id", "site"),
    *("staff_browser", "ip", "device", "note", "effective_at", "at", "valid_until", "recorded_at"),
)
EVIDENCE = (
    *(
        "record_id",
        "kind",
        "file",
        "sha256",
        "media_type",
        "original",
        "uploaded_by_id",
        "uploaded_by_number",
    ),
    "at",
)
BY_LINK = """
alter table consent_consentrecord add constraint the_public_pages_answer_by_link check (
    current_user <> 'custinfo_public' or (source = 'link' and link_id is not null and guardian is null
        and note is null and not written and answer in ('given', 'refused', 'withdrawn')
        and recorded_at = statement_timestamp()));
alter table consent_evidence add constraint the_public_pages_prove_by_log check (
    current_user <> 'custinfo_public' or (kind = 'system_log' and file is null));
"""
BY_ANYTHING = """
alter table consent_consentrecord drop constraint the_public_pages_answer_by_link;
alter table consent_evidence drop constraint the_public_pages_prove_by_log;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0003_shown_to_the_public_by_token"),
        ("trail", "0003_public_pages_append"),
    ]
    operations = [
        may("consent_notice", select=("code", "kind", "channel", "name_zh", "name_en")),
        may("consent_noticeversion", select=VERSION),
        may("consent_noticetext", select=("id", "version_id", "language", "sections", "sha256")),
        may("consent_consentlink", select=LINK),
        may("consent_linktry", select=("id", *TRY), insert=TRY),
        may("consent_receipt", select=RECEIPT, insert=RECEIPT),
        may("consent_consentrecord", select=("id", *RECORD), insert=RECORD),
        may("consent_confirmation", select=("id", "record_id", "accepted", "at")),
        may("consent_evidence", select=("id", "record_id", "at"), insert=EVIDENCE),
        migrations.RunSQL(BY_LINK, BY_ANYTHING),
    ]
