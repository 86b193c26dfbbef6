"""What the trail records of customers. Facts name fields, never values; the customer is in the exposure."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

# fields: codes of the fields written; cleared: of those emptied; version: the record's version after the act;
# proof: the sealed text that proves an indirect source; new_consent: the one that says what somebody who was erased
# before has consented to anew.
CREATED = declare(
    "customer.created",
    name=_("created a customer"),
    facts=("fields", "scenario", "source", "proof", "new_consent", "version"),
)
EDITED = declare(
    "customer.edited",
    name=_("edited a customer"),
    facts=("fields", "cleared", "scenario", "source", "proof", "version"),
)
CONFIRMED = declare(
    "customer.confirmed", name=_("confirmed values with the customer"), facts=("fields", "version")
)
MOVED = declare(
    "customer.moved", name=_("moved a customer to another portfolio"), facts=("from", "to", "version")
)
TIER_SET = declare("customer.tier_set", name=_("set a customer's tier"), facts=("from", "to", "version"))
GIVEN = declare("customer.given", name=_("gave a single customer to a person"), facts=("person",))
TAKEN = declare("customer.taken", name=_("took a single customer from a person"), facts=("person",))
PORTFOLIO_GIVEN = declare(
    "portfolio.given", name=_("gave a portfolio to a person"), facts=("portfolio", "person")
)
PORTFOLIO_TAKEN = declare(
    "portfolio.taken", name=_("took a portfolio from a person"), facts=("portfolio", "person")
)

CONTACT_OPENED = declare("contact.opened", name=_("started a contact"), facts=("channel",))
CONTACT_CHANGED = declare("contact.changed", name=_("changed a contact"), facts=("channel", "ticket"))
CONTACT_CLOSED = declare("contact.closed", name=_("closed a contact"), facts=("line",))

# file: id of the sealed upload; rows: counts by outcome.
IMPORT_CHECKED = declare(
    "import.checked", name=_("tried an import out"), facts=("job", "portfolio", "rows", "refused")
)
IMPORT_STARTED = declare(
    "import.started",
    name=_("started an import"),
    facts=("job", "file", "portfolio", "scenario", "fields", "proof"),
)
IMPORT_WROTE = declare(
    "import.wrote", name=_("wrote customers of an import"), facts=("job", "created", "changed", "fields")
)
IMPORT_FINISHED = declare(
    "import.finished",
    name=_("finished an import"),
    facts=("job", "created", "changed", "unchanged", "refused", "outcome"),
)

# fields: the one field whose values moved (a list, as for edits); label: the number of its signed version.
RELABELLED = declare(
    "relabel.moved",
    name=_("moved values to where their label wants them"),
    facts=("job", "fields", "label", "level", "moved", "indexed", "misfits"),
)
RELABEL_FINISHED = declare(
    "relabel.finished", name=_("finished moving values"), facts=("job", "field", "moved", "misfits")
)
# customers, values, files, texts, unreadable: counts (files: chunks and names); what was unreadable did not open and
# stays as it was.
RESEALED = declare(
    "customers.resealed",
    name=_("sealed values anew"),
    facts=("job", "customers", "values", "suite"),
)
REKEYED = declare(
    "customers.rekeyed",
    name=_("rotated data keys"),
    facts=("job", "scope", "customers", "values", "files", "texts", "unreadable", "destroyed"),
)
SUITE_CHANGED = declare(
    "customers.suite_changed",
    name=_("moved values to another cipher suite"),
    facts=("job", "suite", "customers", "values", "files", "texts", "unreadable"),
)
# indexed, deleted, held: rows of the new epoch written by the job, of older ones, and of the new one at the end.
REINDEXED = declare(
    "customers.reindexed",
    name=_("changed the epoch of the blind index"),
    facts=("job", "epoch", "indexed", "deleted", "held"),
)
# customers, values, doubts: counts. place: field, column or note. value_kind: what the values look like.
DISCOVERY_STARTED = declare(
    "discovery.started", name=_("started a discovery run"), facts=("job", "month", "scheduled")
)
DISCOVERY_FINISHED = declare(
    "discovery.finished",
    name=_("finished a discovery run"),
    facts=("job", "customers", "values", "new", "seen", "unlisted"),
)
DOUBT_READ = declare(
    "doubt.read", name=_("looked at a label doubt"), facts=("doubt", "place", "field", "value_kind")
)
DOUBT_DISMISSED = declare(
    "doubt.dismissed",
    name=_("dismissed a label doubt"),
    facts=("doubt", "place", "field", "value_kind", "until", "reason"),
)
# customers, changed, deleted, inserted, untold: counts of one whole run. job: empty where a command ran it.
VALUES_VERIFIED = declare(
    "values.verified",
    name=_("verified the values"),
    facts=("job", "customers", "changed", "deleted", "inserted", "untold"),
)
# what: changed, deleted, inserted; customers and the events that wrote them last, side by side; fields: of any of them.
VALUES_TAMPERED = declare(
    "values.tampered",
    name=_("found values changed past every act"),
    facts=("job", "what", "customers", "fields", "events"),
    alarm=True,
)
# month: the month of the trail that leaves, whose digests are told again as they were; customers: of how many.
DIGESTS_CARRIED = declare(
    "values.carried", name=_("told digests of values again"), facts=("month", "customers")
)

# record: the destruction record that ordered it; fields: codes of the fields that are gone.
ERASED = declare("customer.erased", name=_("erased customers"), facts=("record", "customers"))
FIELDS_ERASED = declare(
    "customer.fields_erased", name=_("erased fields of a customer"), facts=("record", "fields", "version")
)
