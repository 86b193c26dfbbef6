"""Who may do what, as shipped: the table of the architecture, and what it means for every address of the workbench.

Both are copied and worked out by hand, never derived from the code.
"""

from __future__ import annotations

from dataclasses import dataclass

ROLES = ("agent", "supervisor", "head", "analyst", "officer", "security", "custodian", "auditor")

SHIPPED = """
| find and list customers | own portfolios | own dept's | own dept's | – | all, masked | – | – | find by number, trail only |
| L1–L2 / L3 / L4 | clear / consent or grant / – | clear / reason in contact, grant / grant | as supervisor | – | masked / masked / evidence check | – | – | – |
| compare what a caller says | yes | yes | yes | – | – | – | – | – |
| create, edit | own portfolios | own dept's | – | – | – | – | – | – |
| import; move between portfolios, set tier; give one customer to a person | – | yes; propose; propose | sign bulk updates; sign; sign | – | – | – | – | – |
| masked export; clear export | –; grant | ≤ 500; grant | ≤ 500; grant | – | – | – | – | – |
| usage request: ask; approve | ask | ask | ask; approve dept | ask (aggregates) | approve second | – | – | – |
| fields, purposes: propose; sign | – | – | sign | – | propose, sign | – | – | – |
| record consent; confirm evidence | yes; – | yes; others' | yes; others' | – | –; yes | – | – | – |
| rules, networks: propose; sign | – | – | – | – | sign | propose | – | – |
| people, roles: propose; sign | – | – | sign own dept | – | – | propose | – | – |
| leak trace, breach radius; decoys | – | – | – | – | yes; plant | – | – | read results; – |
| findings, cases, monthly audit | – | acknowledge | acknowledge | – | decide, sign | – | – | read, export proof |
| trail; who saw this customer | self | team | dept | self | all; yes | all; – | self | all; yes |
| organisation: edit; read | – | – | –; read | – | edit; read | edit; read | – | –; read |
| break-glass; review it | – | use | use; review | – | review | – | – | read |
| seal and proof of the trail: read, export | – | – | – | – | yes | – | – | yes |
| keys | – | – | – | – | – | seal only | two of them | read register |
| backups: read | – | – | – | – | yes | yes | yes | yes |
| notices, schedules, holds, masked data set: propose; sign | – | – | sign | – | propose | – | – | read |
| destruction: check; approve | – | – | approve | – | check | – | – | read |
| destruction of an L4 value: check; approve | – | – | approve | – | check | – | – | – |
| leak trace, breach radius; decoys | – | – | – | – | yes; plant | – | – | read results; – |
| freeze a person; undo | – | – | sign undo | – | freeze | freeze, propose undo | – | – |
| explain page (customer by number, no values) | – | – | – | – | yes | yes | – | yes |
| discovery: read; dismiss, run now | – | – | – | – | yes; yes | – | – | yes; – |
| permission review: start; decide; read | – | – | decide own dept | – | read | start | – | read |
| undertakings, training states; catalogue register | own | team; – | dept; read | own | all; read | edit; read | own | read; read |
"""  # noqa: E501
"""The acts of the table that exist today, word for word."""

TABLE = {
    act: dict(zip(ROLES, cells, strict=True))
    for act, *cells in (
        [cell.strip() for cell in line.strip("|\n").split("|")] for line in SHIPPED.strip().splitlines()
    )
}
FIND = "find and list customers"
READ = "L1–L2 / L3 / L4"
COMPARE = "compare what a caller says"
WRITE = "create, edit"
IMPORT = "import; move between portfolios, set tier; give one customer to a person"
EXPORT = "masked export; clear export"
REQUEST = "usage request: ask; approve"
FIELDS = "fields, purposes: propose; sign"
CONSENT = "record consent; confirm evidence"
RULES = "rules, networks: propose; sign"
PEOPLE = "people, roles: propose; sign"
TRAIL = "trail; who saw this customer"
LEAK = "leak trace, breach radius; decoys"
AUDIT = "findings, cases, monthly audit"
ORGANISATION = "organisation: edit; read"
GLASS = "break-glass; review it"
PROOF = "seal and proof of the trail: read, export"
KEYS = "keys"
BACKUPS = "backups: read"
NOTICES = "notices, schedules, holds, masked data set: propose; sign"
FREEZE = "freeze a person; undo"
DESTRUCTION = "destruction: check; approve"
APART = "destruction of an L4 value: check; approve"
LEAKS = "leak trace, breach radius; decoys"
EXPLAIN = "explain page (customer by number, no values)"
DISCOVERY = "discovery: read; dismiss, run now"
REVIEW = "permission review: start; decide; read"
REGISTER = "undertakings, training states; catalogue register"
ANYBODY = ""
"""What everybody does who works here: log in, lock, sign what is theirs to sign, report a problem, see own jobs."""

CLEAR, MASKED = "clear", "masked"
LISTED = ("full_name", "mobile", "resident_id")
OPEN_FIELDS = (
    "surname",
    "public_contact",
    "full_name",
    "business_number",
    "occupation",
    "employer",
    "city",
    "bank_name",
    "product_tags",
    "service_note",
)
SEALED_FIELDS = (
    "mobile",
    "landline",
    "email",
    "address",
    "resident_id",
    "passport",
    "bank_card",
    "plate",
    "health_note",
)


def seen(role: str, *, fields: tuple[str, ...] = OPEN_FIELDS + SEALED_FIELDS) -> dict[str, str]:
    """Return which of these fields a role sees of a customer within reach, and how, without a reveal."""
    if role in {"agent", "supervisor", "head"}:
        return {code: MASKED if code in SEALED_FIELDS else CLEAR for code in fields}
    return dict.fromkeys(fields, MASKED) if role == "officer" else {}


@dataclass(frozen=True)
class Row:
    """One address, one method, eight roles.

    Of the eight signs: `y` answers for what is one's own and knows nothing foreign; `Y` answers for the foreign as
    well, or where there is no object; `n` knows nothing at all (404); `.` is a page closed to the role (403).
    What one may read but not do is refused in words (409): `r` for one's own, and knows nothing foreign; `R` for both;
    `q` for the foreign alone.
    """

    name: str
    act: str
    method: str
    signs: str
    status: int = 200
    object: str = ""
    form: str = ""
    shows: str = ""
    absent: int = 404
    differs: tuple[tuple[str, int], ...] = ()
    """Roles that are let in and yet answered otherwise."""

    def sign(self, role: str) -> str:
        return self.signs[ROLES.index(role)]


def get(name: str, act: str, signs: str, **more) -> Row:
    return Row(name, act, "GET", signs, **more)


def post(name: str, act: str, signs: str, **more) -> Row:
    return Row(name, act, "POST", signs, **{"status": 302, **more})


ROWS = (
    # one sign per role:     agent supervisor head analyst officer security custodian auditor
    get("home", ANYBODY, "YYYYYYYY", shows="recent"),
    get("notifications", ANYBODY, "YYYYYYYY"),
    post("notifications", ANYBODY, "YYYYYYYY"),
    get("badges", ANYBODY, "YYYYYYYY"),
    get("session_state", ANYBODY, "YYYYYYYY"),
    get("lock", ANYBODY, "YYYYYYYY"),
    post("lock", ANYBODY, "YYYYYYYY"),
    post("unlock", ANYBODY, "YYYYYYYY", status=422, form="unlock"),
    get("step_up", ANYBODY, "YYYYYYYY", status=302),
    post("step_up", ANYBODY, "YYYYYYYY", status=422, form="code"),
    get("undertaking", ANYBODY, "YYYYYYYY"),
    post("undertaking", ANYBODY, "YYYYYYYY", status=422),
    get("duties", REGISTER, "YYYYYYYY"),
    post("duty_file", REGISTER, "nyynYYnY", status=200, object="certificate"),
    get("enrol", ANYBODY, "YYYYYYYY"),
    post("enrol", ANYBODY, "YYYYYYYY", status=422, form="enrol"),
    get("enrol_set", ANYBODY, "YYYYYYYY", status=302),
    post("enrol_set", ANYBODY, "YYYYYYYY"),
    # customers
    get("search", FIND, "YYY.Y..."),
    post("search", FIND, "YYY.Y...", form="search"),
    get("results", FIND, "yyy.y...", object="token", shows="list", absent=302),
    get("customer_list", FIND, "YYY.Y...", shows="list"),
    get("customer", READ, "yyy.Y...", object="ref", shows="card"),
    get("value_history", READ, "yyy.Y...", object="history", shows="history"),
    get("value_proof", READ, "yyy.Y...", object="proof"),
    post("contact_change", READ, "yyy.....", object="ref", form="contact"),
    post("contact_close", READ, "yyy.....", object="contact", form="line"),
    post(
        "reveal",
        READ,
        "yyy.....",
        status=200,
        object="reveal",
        form="reason",
        shows="reveal",
        differs=(("agent", 403),),
    ),
    # with a reason inside a contact nobody needs an emergency
    post("emergency", GLASS, ".rr.....", object="reveal", form="reason"),
    get("emergencies", GLASS, ".YY.Y..Y"),
    post("emergency_review", GLASS, "..y.Y...", object="used glass", form="review"),
    # what the reviewer wrote is for who used it, the reviewer and the officer
    get("emergency_words", GLASS, ".ny.Y..n", object="reviewed glass"),
    post("compare", COMPARE, "yyy.....", status=200, object="ref", form="compare"),
    post("compare_more", COMPARE, ".yy.....", status=409, object="ref"),
    get("customer_new", WRITE, "YY......"),
    post("customer_new", WRITE, "YY......", form="customer"),
    get("customer_edit", WRITE, "yy......", object="ref", shows="form"),
    post("customer_edit", WRITE, "yy......", object="ref", form="edit"),
    post("confirm", WRITE, "yy......", object="ref", form="confirm values"),
    get("placing", IMPORT, ".y......", object="ref"),
    post("placing_propose", IMPORT, ".y......", object="ref", form="placing"),
    post("placing_take", IMPORT, ".y......", object="ref", form="somebody"),
    # held apart: that a value exists; it opens on the restricted site only
    get("apart", READ, "yyy.Y...", object="ref"),
    post("apart_deposit", WRITE, "yy......", object="ref", form="apart"),
    post("apart_destroy", APART, "....Y...", object="apart value", form="reason"),
    # consents; the officer opens every customer, and so may ask for a second look everywhere
    get("consent_ask", CONSENT, "yyy.....", object="ref"),
    post("consent_ask", CONSENT, "yyy.....", status=422, object="ref"),
    get("consent_record", CONSENT, "yyy.....", object="ref"),
    post("consent_record", CONSENT, "yyy.....", object="ref", form="consent"),
    post("consent_withdraw", CONSENT, "yyy.....", object="ref", form="consent purpose"),
    post("consent_revoke", CONSENT, "..y.Y...", object="ref", form="consent purpose"),
    post("consent_tell", CONSENT, "yyy.Y...", object="ref"),
    get("consent_receipt", CONSENT, "yyy.Y...", object="consent"),
    get("consent_receipt_file", CONSENT, "yyy.Y...", object="consent"),
    get("consents_ending", CONSENT, ".YY.Y..."),
    get("consents_waiting", CONSENT, ".YY.Y..."),
    post("consent_evidence", CONSENT, ".yy.Y...", status=200, object="evidence"),
    post("consent_confirm", CONSENT, ".yy.Y...", object="consent", form="holds"),
    get("consent_import", IMPORT, ".Y......"),
    post("consent_import", IMPORT, ".Y......", form="consents"),
    get("consent_import_job", IMPORT, ".y......", object="consent check"),
    post("consent_import_start", IMPORT, ".y......", object="consent check"),
    get("consent_import_report", IMPORT, ".y......", object="consent check"),
    # exports
    get("exports", EXPORT, ".YY....."),
    post("export_make", EXPORT, ".YY.....", form="export"),
    post("export_fetch", EXPORT, ".yy.....", status=200, object="export", shows="export"),
    # usage requests: whoever asks, signs or answers for the applicant sees one; officers end any
    get("requests", REQUEST, "YYY....."),
    get("request_new", REQUEST, "YYY....."),
    post("request_new", REQUEST, "YYY.....", status=422),
    get("request", ANYBODY, "yyynYnnn", object="asked"),
    post(
        "request_revoke",
        ANYBODY,
        "yyynYnnn",
        status=409,
        object="asked",
        form="reason",
        differs=(("supervisor", 403), ("head", 403)),
    ),
    post("request_attachment", ANYBODY, "nnnnnnnn", object="asked file"),
    post("request_file", REQUEST, "ynn.....", status=409, object="asked"),
    post("request_fetch", REQUEST, "ynn.....", status=200, object="archive"),
    get("customer_write", READ, "yyy.....", object="ref"),
    post("customer_write", READ, "yyy.....", status=422, object="ref"),
    get("decision", REQUEST, "ynynYYnY", object="asked proposal"),
    post("decision_approve", REQUEST, "rnynRRnR", object="asked proposal", form="hash"),
    post("decision_approve", REQUEST, "rnynYRnR", object="asked much", form="hash"),
    post("decision_narrow", REQUEST, "rnynRRnR", object="asked proposal", form="narrow"),
    post("decisions_approve", ANYBODY, "YYYYYYYY"),
    get("stand_ins", ANYBODY, "..Y.Y..."),
    post("stand_ins", ANYBODY, "..Y.Y...", status=422),
    post("stand_in_end", ANYBODY, "..y.Y...", object="stand in"),
    # aggregates: of whole portfolios that were given
    get("aggregates", ANYBODY, "...Y...."),
    post("aggregates_download", ANYBODY, "...Y....", status=200, form="aggregates"),
    # masked data sets: an analyst fetches what was made for them
    get("masked", ANYBODY, "..YYY..Y"),
    post("masked_propose", NOTICES, "....Y...", form="masked"),
    post("masked_fetch", ANYBODY, "...yy...", object="masked dataset"),
    # bringing customers in
    get("imports", IMPORT, ".Y......"),
    post("imports", IMPORT, ".Y......", form="upload"),
    get("import_columns", IMPORT, ".y......", object="upload"),
    post("import_columns", IMPORT, ".y......", object="upload", form="columns"),
    get("import_job", IMPORT, ".y......", object="check"),
    post("import_start", IMPORT, ".y......", object="check"),
    get("import_report", IMPORT, ".y......", object="check"),
    # problems: everybody reports, the data security officer reads
    get("problem_report", ANYBODY, "YYYYYYYY"),
    post("problem_report", ANYBODY, "YYYYYYYY", form="problem"),
    get("problems", ANYBODY, "....Y..."),
    get("problem", ANYBODY, "yyyyYyyy", object="problem"),
    # decisions: who proposed, who may sign, and those who read people see one; the object is about a person
    get("decisions", ANYBODY, "YYYYYYYY"),
    get("decision", PEOPLE, "nnynYYnY", object="decision"),
    get("decision", IMPORT, "nyynYYnY", object="given"),
    get("decision", RULES, "nnnnYYnY", object="changed"),
    get("decision", FIELDS, "nnYnYYnY", object="label"),
    post("decision_approve", PEOPLE, "nnynRRnR", object="decision", form="hash"),
    post("decision_approve", IMPORT, "nrynRRnR", object="given", form="hash"),
    post("decision_approve", RULES, "nnnnYRnR", object="changed", form="hash"),
    post("decision_approve", FIELDS, "nnYnYRnR", object="label", form="hash"),
    post("decision_approve", FREEZE, "nnynRRnR", object="undo", form="hash"),
    post("decision_approve", APART, "nnynRRnR", object="end apart", form="hash"),
    post("decision_refuse", PEOPLE, "nnynRRnR", object="decision", form="reason"),
    post("decision_refuse", RULES, "nnnnYRnR", object="changed", form="reason"),
    post("decision_withdraw", PEOPLE, "nnrnRqnR", object="decision"),
    post("decision_enrolment", PEOPLE, "nnynRqnR", status=200, object="enrolment", form="half"),
    # people
    get("people", PEOPLE, "....YY.Y"),
    get("person_new", PEOPLE, ".....Y.."),
    post("person_new", PEOPLE, ".....Y..", form="person"),
    get("person", PEOPLE, "....YY.Y", object="person"),
    post("person_propose", PEOPLE, ".....Y..", object="person", form="role"),
    post("person_take", PEOPLE, ".....Y..", object="person", form="take"),
    post("person_freeze", FREEZE, "....YY..", object="person"),
    post("person_unfreeze", FREEZE, ".....Y..", object="frozen", form="reason"),
    # findings, cases, audits: whom a result was sent to reads its audit; the auditor reads and decides nothing
    get("findings", AUDIT, "....Y..Y"),
    get("finding", AUDIT, ".nn.Y..Y", object="finding"),
    post("finding_take", AUDIT, ".nn.Y..R", object="finding", form="due"),
    post("finding_explain", AUDIT, ".nn.Y..R", object="finding", form="words"),
    get("suppressions", AUDIT, "....Y..Y"),
    post("suppress", AUDIT, "....Y...", form="suppress"),
    post("suppression_end", AUDIT, "....Y...", object="suppression"),
    get("cases", AUDIT, "....Y..Y"),
    get("case", AUDIT, ".nn.Y..Y", object="case"),
    post("case_act", AUDIT, ".nn.Y..R", object="case act", form="words"),
    post("case_file", AUDIT, ".nn.Y..n", status=200, object="case file"),
    get("audits", AUDIT, ".YY.Y..Y"),
    post("audit_start", AUDIT, "....Y...", form="audited days"),
    get("audit", AUDIT, ".nn.Y..Y", object="audit"),
    get("audit_progress", AUDIT, "....Y..Y", object="audit"),
    post("audit_sign", AUDIT, ".nn.Y...", object="audit"),
    post("audit_acknowledge", AUDIT, ".YY.....", object="signed audit"),
    # permission reviews: a head decides about the own people; the second object is an earlier review
    get("permission_reviews", REVIEW, "..Y.YY.Y"),
    post("permission_review_start", REVIEW, ".....Y..", form="last day"),
    get("permission_review", REVIEW, "..Y.YY.Y", object="review"),
    post("permission_review_decide", REVIEW, "..y.nn.n", object="reviewed right", form="keep"),
    post("permission_review_keep", REVIEW, "..y.nn.n", object="review", form="together"),
    post("permission_review_report", REVIEW, "..Y.YY.Y", status=200, object="review", form="register"),
    get("hr_file_new", REVIEW, ".....Y.."),
    post("hr_file_new", REVIEW, ".....Y..", form="personnel"),
    get("hr_file", REVIEW, ".....y..", object="personnel"),
    post("hr_file_confirm", REVIEW, ".....y..", object="personnel", form="seen"),
    # rules: heads read what their people are held to
    get("rules", RULES, "..Y.YY.Y"),
    get("rule_new", RULES, ".....Y.."),
    post("rule_new", RULES, ".....Y..", form="rule_new"),
    get("rule", RULES, "..Y.YY.Y", object="rule"),
    post("rule", RULES, "..n.nY.n", object="rule", form="rule"),
    # row budgets: everybody who has one, and who answers for people or rules
    get("budgets", ANYBODY, "YYY.YY.Y"),
    post("budget_more", FIND, "YYY.Y...", form="more"),
    post("budget_allow", FIND, ".yy.....", object="served", form="more"),
    get("budget", RULES, "..Y.YY.Y", object="budget"),
    post("budget", RULES, "..n.nY.n", object="budget", form="budget"),
    # what the audit looks for: one of the two guards proposes, the other signs
    get("detectors", RULES, "....YY.Y"),
    get("detector", RULES, "....YY.Y", object="detector"),
    post("detector", RULES, "....YY.n", object="detector", form="thresholds"),
    get("working_hours", RULES, "....YY.."),
    post("working_hours", RULES, "....YY..", form="hours"),
    get("networks", RULES, "..Y.YY.Y"),
    post("network_propose", RULES, ".....Y..", status=422),
    get("organisation", ORGANISATION, "..Y.YY.Y"),
    post("organisation_set", ORGANISATION, "....YY..", form="organisation"),
    get("explain", EXPLAIN, "....YY.Y"),
    post("explain", EXPLAIN, "....YY.Y", status=200, form="explain"),
    # leaks: the data security officer traces, the auditor reads what came out and learns of no decoy
    get("leaks", LEAKS, "....Y..Y"),
    post("leak_trace", LEAKS, "....Y...", form="leaked list"),
    get("leak", LEAKS, "....Y..Y", object="leak"),
    get("decoys", LEAKS, "....Y..."),
    post("decoys", LEAKS, "....Y...", form="decoys", status=422),
    # destruction: whoever checks or approves reads it, and the auditor
    get("batches", DESTRUCTION, "..Y.Y..Y"),
    post("batch_name", DESTRUCTION, "....Y...", form="destruction"),
    get("batch", DESTRUCTION, "..Y.Y..Y", object="batch"),
    post("batch_check", DESTRUCTION, "....Y...", object="batch", form="reason"),
    post("batch_told", DESTRUCTION, "....n...", object="batch"),
    post("batch_system_told", DESTRUCTION, "....n...", object="batch"),
    get("systems", DESTRUCTION, "..Y.Y..Y"),
    post("system_save", DESTRUCTION, "....Y...", form="downstream"),
    post("system_end", DESTRUCTION, "....Y...", object="downstream"),
    get("batch_progress", DESTRUCTION, "..n.n..n", object="batch"),
    post("batch_certificate", DESTRUCTION, "..n.n..n", object="batch"),
    # trail
    get("trail_self", TRAIL, "YYYYYYYY"),
    get("trail_team", TRAIL, ".YY....."),
    get("trail_person", TRAIL, "yyyyYYyY", object="self"),
    get("trail_person", TRAIL, "nyynYYnY", object="colleague"),
    get("trail", TRAIL, "....YY.Y"),
    # keeping of the trail: who reads all of it; proposed by those who sign nothing of it, or by another officer
    get("keeping", TRAIL, "....YY.Y"),
    post("keeping_archive", ANYBODY, "....YY..", status=422),
    post("keeping_destroy", ANYBODY, "....nn..", object="archived month"),
    get("who_saw", TRAIL, "....Y..Y"),
    post("who_saw", FIND, "....Y..Y", form="number"),
    get("who_saw_customer", TRAIL, "....Y..Y", object="ref"),
    # what is handed to the customer the data security officer makes
    post("customer_report", TRAIL, "....Y...", status=200, object="ref", form="language"),
    get("radii", LEAK, "....Y..Y"),
    post("radius_measure", LEAK, "....Y...", form="radius"),
    get("radius", LEAK, "....Y..Y", object="radius"),
    post("radius_list", LEAK, "....Y...", object="radius"),
    post("radius_fetch", LEAK, "....y...", status=200, object="radius list"),
    get("reports", AUDIT, "....Y..Y"),
    post("report_write", AUDIT, "....Y..."),
    get("report", AUDIT, "....Y..Y", object="report"),
    post("report_download", AUDIT, "....Y..Y", status=200, object="report", form="register"),
    get("event", TRAIL, "yyyyYYyY", object="own event"),
    get("event", TRAIL, "nyynYYnY", object="event"),
    get("event_text", TRAIL, "yyynYnnn", object="closed"),
    # seal and proof
    get("proof", PROOF, "....Y..Y"),
    post("proof_month", PROOF, "....Y..Y", status=200, form="month"),
    post("proof_event", PROOF, "....Y..Y", object="event", form="moment"),
    get("catalogue", REGISTER, "..Y.YY.Y"),
    # fields: whoever answers for them reads, the data security officer proposes
    get("field", REGISTER, "..Y.YY.Y", object="field"),
    get("field_progress", REGISTER, "..Y.YY.Y", object="moving"),
    get("field_change", FIELDS, "....Y...", object="field"),
    post("field_change", FIELDS, "....Y...", object="field", form="label"),
    get("field_new", FIELDS, "....Y..."),
    post("field_new", FIELDS, "....Y...", form="field"),
    get("fields_confirm", FIELDS, "....Y..."),
    post("fields_confirm", FIELDS, "....Y...", form="confirm"),
    post("catalogue_download", REGISTER, "..Y.YY.Y", status=200, form="register"),
    # purposes and notices: who proposes or signs reads them, and the auditor
    get("purposes", NOTICES, "..Y.Y..Y"),
    get("purposes_without", NOTICES, "..Y.Y..Y"),
    get("purpose", NOTICES, "..Y.Y..Y", object="purpose"),
    get("purpose_new", FIELDS, "....Y..."),
    post("purpose_new", FIELDS, "....Y...", form="new purpose"),
    get("purpose_change", FIELDS, "....Y...", object="purpose"),
    post("purpose_change", FIELDS, "....Y...", object="purpose", form="purpose"),
    post("purpose_end", FIELDS, "....Y...", object="purpose", form="end"),
    get("notices", NOTICES, "..Y.Y..Y"),
    get("notice", NOTICES, "..Y.Y..Y", object="notice"),
    get("notice_new", NOTICES, "....Y..."),
    post("notice_new", NOTICES, "....Y...", form="notice"),
    get("notice_draft", NOTICES, "....Y...", object="notice"),
    post("notice_draft", NOTICES, "....Y...", object="notice"),
    # retention: schedules and holds as notices; what is due is read with them
    get("schedules", NOTICES, "..Y.Y..Y"),
    get("schedule_new", NOTICES, "....Y...", status=302),
    get("schedule", NOTICES, "..Y.Y..Y", object="schedule"),
    post("schedule_change", NOTICES, "....Y...", object="schedule", form="schedule"),
    post("schedule_end", NOTICES, "....Y...", object="schedule", form="end"),
    get("due", NOTICES, "..Y.Y..Y"),
    get("holds", NOTICES, "..Y.Y..Y"),
    post("hold_new", NOTICES, "....Y...", form="hold"),
    post("hold_end", NOTICES, "....Y...", object="hold", form="hold end"),
    get("stale", WRITE, "YY......"),
    # keys: two custodians act, the auditor reads; whose job it is matters to neither
    get("keys", KEYS, "......YY"),
    get("seal_site", KEYS, ".....Y.."),
    post("seal_site", KEYS, ".....Y.."),
    get("backups", BACKUPS, "....YYYY"),
    post("keys_propose", KEYS, "......Y.", form="key act"),
    post("keys_rotate", KEYS, "......Y.", status=422),
    post("keys_drill", KEYS, "......Y.", form="drill"),
    get("keys_progress", KEYS, "......YY", object="key job"),
    post("keys_report", KEYS, "......YY", status=200, form="key register"),
    get("decision", KEYS, "nnnnYYYY", object="key proposal"),
    post("decision_approve", KEYS, "nnnnRRYR", object="key proposal", form="hash"),
    # discovery: a text's doubt is about one customer; the auditor reads counts, the officer masks
    get("discovery", DISCOVERY, "....Y..Y"),
    post("discovery_run", DISCOVERY, "....Y..."),
    get("discovery_progress", DISCOVERY, "....Y..Y", object="run"),
    get("doubt", DISCOVERY, "....Y..Y", object="doubt"),
    post("doubt_dismiss", DISCOVERY, "....Y...", object="doubt", form="dismiss"),
    # jobs
    get("jobs", ANYBODY, "YYYYYYYY"),
    get("job", ANYBODY, "yyyyyyyy", object="job"),
    get("job_progress", ANYBODY, "yyyyyyyy", object="job"),
    post("job_stop", ANYBODY, "yyyyyyyy", object="job"),
)

PUBLIC = {"enrol": 200, "enrol_set": 302}
"""What answers somebody who is not logged in; everything else leads to the login."""


# --- the login's surroundings -------------------------------------------------------------------------------------
ACCOUNT = {
    # name: (method, status for whoever is logged in, status for nobody)
    "account_login": ("GET", 302, 200),
    "account_logout": ("GET", 200, 302),
    "account_inactive": ("GET", 200, 200),
    "account_change_password": ("GET", 200, 302),
    "usersessions_list": ("GET", 200, 302),
    "mfa_index": ("GET", 200, 302),
    "mfa_authenticate": ("GET", 302, 302),
    "mfa_reauthenticate": ("GET", 200, 302),
    "mfa_list_webauthn": ("GET", 200, 302),
    "mfa_add_webauthn": ("GET", 200, 302),
    "mfa_reauthenticate_webauthn": ("GET", 302, 302),
    "mfa_edit_webauthn": ("GET", 404, 302),
    "mfa_view_recovery_codes": ("GET", 404, 302),
    "mfa_generate_recovery_codes": ("GET", 200, 302),
    "mfa_download_recovery_codes": ("GET", 404, 302),
    "set_language": ("POST", 302, 302),
    "health": ("GET", 200, 200),
}
CLOSED_FOR_EVERYBODY = (
    "account_signup",
    "account_reauthenticate",
    "account_email",
    "account_email_verification_sent",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_confirm_login_code",
    "account_confirm_email",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_remove_webauthn",
)
"""Law 8: nobody makes an account, sets a password by mail or gives up a factor by themselves."""

# --- the back office ----------------------------------------------------------------------------------------------
GOVERNS = frozenset({"officer", "security", "auditor"})
"""Who enters: those who govern, none of those who serve customers or hold keys."""
NOBODY: frozenset[str] = frozenset()
SET_UP = frozenset({"security"})
NAMES = frozenset({"officer"})

SCREENS = {
    # model: (who looks, who changes what is there, who adds)
    "staff_person": (GOVERNS, SET_UP, NOBODY),
    "staff_department": (GOVERNS, SET_UP, SET_UP),
    "staff_roleholding": (GOVERNS, NOBODY, NOBODY),
    "staff_headship": (GOVERNS, NOBODY, NOBODY),
    "staff_freeze": (GOVERNS, NOBODY, NOBODY),
    "staff_site": (GOVERNS, NOBODY, NOBODY),
    "staff_network": (GOVERNS, NOBODY, NOBODY),
    "staff_undertaking": (GOVERNS, NOBODY, SET_UP),
    "staff_training": (GOVERNS, SET_UP, SET_UP),
    "staff_requiredcourse": (GOVERNS, SET_UP, SET_UP),
    "customers_portfolio": (GOVERNS, SET_UP, SET_UP),
    "classification_field": (GOVERNS, NAMES, NOBODY),
    "classification_purpose": (GOVERNS, NAMES, NOBODY),
    "classification_scenario": (GOVERNS, NAMES, NOBODY),
    "access_readingrule": (GOVERNS, NOBODY, NOBODY),
    "lawbook_factversion": (GOVERNS, NOBODY, NOBODY),
    "lawbook_workingyear": (GOVERNS, NOBODY, NOBODY),
    "trail_event": (GOVERNS, NOBODY, NOBODY),
    "auditlog_logentry": (GOVERNS, NOBODY, NOBODY),
    "account_emailaddress": (NOBODY, NOBODY, NOBODY),
    "mfa_authenticator": (NOBODY, NOBODY, NOBODY),
    "usersessions_usersession": (NOBODY, NOBODY, NOBODY),
    "auth_group": (NOBODY, NOBODY, NOBODY),
}
"""Nothing is deleted, nothing gives a right, and no customer has a screen."""

ADMIN = {
    # name: status for those who govern; the others are led to the login, and from there to their own start page
    "index": 200,
    "logout": 302,
    "password_change": 302,
    "password_change_done": 200,
    "autocomplete": 403,
    "jsi18n": 200,
    "view_on_site": 404,
    "app_list": 200,
    "?": 404,
}
