"""What the trail records of endings and of copies. Facts name batches, counts and digests, never a value."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

BACKUP_MADE = declare(
    "backup.made",
    name=_("backup made"),
    facts=(
        "backup",
        "backup_kind",
        "file",
        "bytes",
        "file_sha256",
        "recovery_point",
        "generation",
        "journal",
    ),
)
BACKUP_REMOVED = declare(
    "backup.removed", name=_("backup removed at the end of its life"), facts=("backup", "backup_kind", "file")
)
BACKUP_CHECKED = declare(
    "backup.checked",
    name=_("backup restored to check it"),
    facts=("backup", "backup_kind", "file", "took", "faults"),
)
RECOVERED = declare(
    "backup.recovered",
    name=_("site restored from backups"),
    facts=("recovery", "backup", "keyring_backup", "recovery_point", "took", "replayed"),
)
DRILLED = declare(
    "backup.drilled",
    name=_("restoring practised"),
    facts=("recovery", "backup", "keyring_backup", "recovery_point", "took", "faults"),
)
# batch: id; why: the trigger; customers: how many; digest: of the list.
BATCH_PROPOSED = declare(
    "retention.batch_proposed",
    name=_("proposed a destruction batch"),
    facts=("batch", "why", "customers", "digest"),
)
# digest: of the record's content; checkpoint: size of the trail's newest checkpoint then.
DESTROYED = declare(
    "retention.destroyed",
    name=_("finished a destruction"),
    facts=("batch", "customers", "fields", "held", "digest", "checkpoint"),
)
REPLAYED = declare(
    "retention.replayed", name=_("replayed the destruction journal"), facts=("entries", "customers", "fields")
)
WORDS_ENDED = declare(
    "retention.words_ended",
    name=_("ended words of cases and reports past their floor"),
    facts=("texts",),
)
CERTIFICATE_FETCHED = declare(
    "retention.certificate_fetched", name=_("fetched a destruction certificate"), facts=("batch",)
)
# export: the number of the event with which the recipient received values; how: a code; told_on: a day.
RECIPIENT_TOLD = declare(
    "retention.recipient_told",
    name=_("told a recipient of a destruction"),
    facts=("batch", "export", "how", "told_on"),
)
SYSTEM_TOLD = declare(
    "retention.system_told",
    name=_("told the owner of a downstream system of a destruction"),
    facts=("batch", "system", "how", "told_on"),
)
# fields, categories: what the system holds; how: the way in which its owner is told.
_SYSTEM = ("system", "name", "owner", "how", "fields", "categories")
SYSTEM_ENTERED = declare("retention.system_entered", name=_("entered a downstream system"), facts=_SYSTEM)
SYSTEM_CHANGED = declare("retention.system_changed", name=_("changed a downstream system"), facts=_SYSTEM)
SYSTEM_ENDED = declare("retention.system_ended", name=_("ended a downstream system"), facts=_SYSTEM)
# customers: with something due; values: lines of the list; stored: lines only stored by a floor, a hold or a schedule;
# restricted, lifted: restrictions written and lifted by this run.
DUE_LISTED = declare(
    "retention.listed",
    name=_("listed what is due to be destroyed"),
    facts=("customers", "values", "stored", "restricted", "lifted"),
)
# holds: ids of the rows; field: "" for everything; until: last moment.
HOLD_PLACED = declare(
    "hold.placed", name=_("placed a legal hold"), facts=("holds", "customers", "field", "until", "owner")
)
HOLD_ENDED = declare("hold.ended", name=_("ended a legal hold"), facts=("hold", "customer"))
