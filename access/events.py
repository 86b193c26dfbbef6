"""The kinds of event that reading leaves behind, each with its exact facts: no value, no search term."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

CUSTOMERS_LISTED = declare("customer.listed", name=_("customers listed"), facts=("how", "page", "rows"))
CUSTOMER_OPENED = declare("customer.opened", name=_("customer opened"), facts=("held",))
# ground: the usage request, the consent record or the basis of the purpose that opened the value, "" for a reason.
FIELD_REVEALED = declare(
    "field.revealed", name=_("value revealed"), facts=("field", "level", "reason", "ground")
)
HISTORY_READ = declare("field.history_read", name=_("history of a value read"), facts=("field", "rows"))
REVEAL_REFUSED = declare(
    "reveal.refused", name=_("reveal refused"), facts=("field", "level", "why", "missing", "consent", "grant")
)
# Somebody read on a consent that the same person had captured, after another had confirmed its evidence.
OWN_CONSENT_USED = declare(
    "consent.own_used",
    name=_("used a consent captured by the same person"),
    facts=("field", "record", "customer"),
    alarm=True,
)
VALUE_COMPARED = declare("value.compared", name=_("value compared"), facts=("field", "right"))
COMPARE_REFUSED = declare("compare.refused", name=_("compare refused"), facts=("field", "why"))
COMPARE_EXTENDED = declare(
    "compare.extended", name=_("more compares allowed"), facts=("customer", "day", "more")
)
CUSTOMERS_EXPORTED = declare(
    "customer.exported", name=_("masked export made"), facts=("format", "rows", "fields", "how")
)
CLEAR_EXPORTED = declare(
    "customer.clear_exported", name=_("clear export made"), facts=("format", "rows", "fields", "values")
)
VALUE_DELIVERED = declare(
    "value.delivered", name=_("text sent to a customer"), facts=("field", "text", "ground")
)
# A file of clear values that was not made, or not handed out; grant: how it stood with the request.
EXPORT_REFUSED = declare("export.refused", name=_("export refused"), facts=("why", "grant"))
EXPORT_FETCHED = declare("export.fetched", name=_("export fetched"), facts=("export", "made_by_event"))
ATTACHMENT_READ = declare(
    "request.attachment_read", name=_("attachment of a usage request read"), facts=("request", "file")
)
GRANT_GIVEN = declare(
    "grant.given",
    name=_("usage grant given"),
    facts=("request", "applicant", "fields", "customers", "until", "output"),
)
GRANT_REVOKED = declare(
    "grant.revoked", name=_("usage grant revoked"), facts=("request", "applicant", "used")
)
RULE_CHANGED = declare(
    "rule.changed", name=_("reading rule changed"), facts=("code", "version", "proposal", "ended")
)
DECISION_EXPLAINED = declare(
    "decision.explained", name=_("decision explained"), facts=("person", "customer", "reached")
)
REGISTER_DOWNLOADED = declare(
    "register.downloaded",
    name=_("catalogue register downloaded"),
    facts=("format", "rows", "language"),
)
PORTFOLIOS_COUNTED = declare(
    "aggregates.counted", name=_("portfolios counted for analysts"), facts=("job", "counted", "kept")
)
AGGREGATES_READ = declare(
    "aggregates.read", name=_("aggregates read"), facts=("portfolios", "dimensions", "groups")
)
AGGREGATES_DOWNLOADED = declare(
    "aggregates.downloaded", name=_("aggregates downloaded"), facts=("portfolios", "dimensions", "groups")
)
MASKED_MADE = declare(
    "masked.made", name=_("masked data set made"), facts=("dataset", "rows", "fields", "format")
)
MASKED_FETCHED = declare(
    "masked.fetched", name=_("masked data set fetched"), facts=("dataset", "made_by_event")
)
# step: what would have brought the person on: a reason, the tap of whoever answers for them, nothing but time.
BUDGET_REFUSED = declare(
    "budget.refused",
    name=_("refused by a row budget"),
    facts=("budget", "tier", "window", "used", "allowed", "step", "seconds"),
)
BUDGET_EXTENDED = declare(
    "budget.extended",
    name=_("row budget extended"),
    facts=("budget", "person", "step", "windows", "more", "reason"),
)
BUDGET_CHANGED = declare(
    "budget.changed", name=_("row budget changed"), facts=("code", "version", "proposal", "ended")
)
# why: what the rules said before somebody read against them.
BREAK_GLASS_USED = declare(
    "break_glass.used",
    name=_("value shown in an emergency"),
    facts=("field", "level", "why", "reason", "told"),
    alarm=True,
)
BREAK_GLASS_REVIEWED = declare(
    "break_glass.reviewed",
    name=_("emergency reviewed"),
    facts=("person", "used_event", "justified", "reason"),
)
DEPOSITED_APART = declare(
    "customer.deposited_apart", name=_("L4 value handed over"), facts=("value", "field", "bytes")
)
ORIGINAL_HANDED_OVER = declare(
    "consent.original_handed_over", name=_("original handed over to L4"), facts=("file",)
)
REVIEW_STARTED = declare(
    "review.started",
    name=_("permission review started"),
    facts=("review", "deadline", "items", "people"),
)
REVIEW_WARNED = declare(
    "review.warned",
    name=_("warned of rights nobody has decided about"),
    facts=("review", "items", "people"),
)
RIGHT_REVIEWED = declare(
    "review.decided",
    name=_("right reviewed"),
    facts=("review", "item", "person", "right_kind", "which", "decision", "until"),
)
RIGHT_LAPSED = declare(
    "review.lapsed",
    name=_("right ended because nobody confirmed it"),
    facts=("review", "item", "person", "right_kind", "which"),
)
RIGHTS_CLOSED = declare(
    "review.items_closed",
    name=_("rights that ended otherwise taken out of the review"),
    facts=("review", "person", "items"),
)
# The policy still gave what a review had taken away.
RIGHT_STILL_GIVEN = declare(
    "review.still_given",
    name=_("a right is still given after its review took it away"),
    facts=("review", "item", "person", "right_kind", "which"),
    alarm=True,
)
REVIEW_CLOSED = declare(
    "review.closed",
    name=_("permission review closed"),
    facts=("review", "confirmed", "narrowed", "revoked", "lapsed", "ended"),
)
REVIEW_DOWNLOADED = declare(
    "review.downloaded",
    name=_("report of a permission review downloaded"),
    facts=("review", "format", "rows", "language"),
)
