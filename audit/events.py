"""The audit's own kinds of event."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

# detector: the code of a detector, or the kind of the event that alarmed; suppression: "" where nothing is put aside.
FINDING_OPENED = declare(
    "finding.opened",
    name=_("finding opened"),
    facts=("finding", "detector", "person", "day", "score", "suppression"),
)
FINDING_READ = declare("finding.read", name=_("evidence of a finding read"), facts=("finding", "events"))
FINDING_EXPLAINED = declare(
    "finding.explained", name=_("finding explained"), facts=("finding", "detector", "person", "text")
)
CASE_OPENED = declare(
    "case.opened", name=_("case opened"), facts=("case", "finding", "person", "owner", "deadline")
)
CASE_JOINED = declare("case.joined", name=_("finding added to a case"), facts=("case", "finding", "person"))
CASE_HANDED = declare("case.handed", name=_("case handed on"), facts=("case", "owner"))
CASE_DUE = declare("case.due_moved", name=_("deadline of a case moved"), facts=("case", "deadline", "text"))
CASE_NOTED = declare("case.noted", name=_("note written in a case"), facts=("case", "text"))
CASE_ATTACHED = declare("case.attached", name=_("file added to a case"), facts=("case", "file"))
CASE_READ = declare("case.read", name=_("case read"), facts=("case", "texts"))
ATTACHMENT_READ = declare("case.attachment_read", name=_("file of a case read"), facts=("case", "file"))
CASE_DECIDED = declare(
    "case.decided", name=_("case decided"), facts=("case", "decision", "findings", "people", "text")
)
CASE_REOPENED = declare("case.reopened", name=_("case opened again"), facts=("case", "text"))
SUPPRESSED = declare(
    "suppression.made",
    name=_("pattern put aside"),
    facts=("suppression", "detector", "person", "department", "until", "reason"),
)
SUPPRESSION_ENDED = declare(
    "suppression.ended", name=_("pattern no longer put aside"), facts=("suppression", "detector")
)
AUDIT_STARTED = declare(
    "audit.started", name=_("audit started"), facts=("audit", "audit_kind", "since", "until", "job")
)
AUDIT_FINISHED = declare(
    "audit.finished", name=_("audit has examined its period"), facts=("audit", "job", "findings", "new")
)
AUDIT_SIGNED = declare(
    "audit.signed", name=_("audit signed off"), facts=("audit", "hash", "findings", "told")
)
AUDIT_ACKNOWLEDGED = declare(
    "audit.acknowledged", name=_("result of an audit acknowledged"), facts=("audit", "department")
)

# person: whose reading, "" for anybody's; session and ip: of whom, "" for any; customers: how many were exposed.
RADIUS_MEASURED = declare(
    "radius.measured",
    name=_("breach radius measured"),
    facts=("radius", "person", "session", "ip", "from", "until", "customers"),
)
RADIUS_LISTED = declare("radius.listed", name=_("list of a breach radius made"), facts=("radius", "rows"))
RADIUS_FETCHED = declare(
    "radius.fetched", name=_("list of a breach radius fetched"), facts=("radius", "made_by_event")
)
REPORT_WRITTEN = declare(
    "report.written", name=_("monthly report written"), facts=("audit_report", "from", "until", "sha256")
)
REPORT_DOWNLOADED = declare(
    "report.downloaded", name=_("monthly report downloaded"), facts=("audit_report", "format", "language")
)
CUSTOMER_REPORT_MADE = declare(
    "customer.report_made",
    name=_("report made for a customer of who saw them"),
    facts=("customer", "from", "until", "rows", "language"),
)
THRESHOLDS_CHANGED = declare(
    "detector.thresholds_changed",
    name=_("thresholds of a detector changed"),
    facts=("detector", "names", "values", "proposal"),
)
WORKING_HOURS_CHANGED = declare(
    "audit.working_hours_changed",
    name=_("working hours changed"),
    facts=("department", "version", "proposal"),
)
# rows, matched: counts of the list. named: exports that their own decoy rows give away.
LEAK_TRACED = declare(
    "audit.leak_traced",
    name=_("traced a leaked list"),
    facts=("trace", "rows", "matched", "fields", "since", "until", "named"),
)
TRACE_READ = declare("audit.trace_read", name=_("read a leak trace"), facts=("trace",))
DECOYS_PLANTED = declare(
    "audit.decoys_planted", name=_("planted decoy customers"), facts=("count", "portfolio")
)
# touched: the number of the event. SECURITY: the alarm names the person, who must not be asked to read it.
DECOY_TOUCHED = declare(
    "audit.decoy_touched",
    name=_("a decoy customer was touched"),
    facts=("touched", "person", "act", "customers"),
    alarm=True,
)
EXPORT_TRACED = declare("audit.export_traced", name=_("traced a file to its export"), facts=("rows", "named"))
