"""The kinds of event that audits leave behind, each with its exact facts: never a value."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

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
    "report.written", name=_("monthly report written"), facts=("report", "from", "until", "sha256")
)
REPORT_DOWNLOADED = declare(
    "report.downloaded", name=_("monthly report downloaded"), facts=("report", "format", "language")
)
CUSTOMER_REPORT_MADE = declare(
    "customer.report_made",
    name=_("report made for a customer of who saw them"),
    facts=("customer", "from", "until", "rows", "language"),
)
