"""What the trail records of the catalogue. Every one carries the id of its signed proposal as `request`."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

# `vault.transform` looks for this event, with this field and an open level, before it opens a value for relabelling.
FIELD_CHANGED = declare(
    "field.changed",
    name=_("changed the label of a field"),
    facts=("field", "version", "level", "former_level", "kind", "index"),
)
FIELD_ADDED = declare(
    "field.added", name=_("added a field to the catalogue"), facts=("field", "version", "level", "kind")
)
FIELDS_CONFIRMED = declare(
    "field.confirmed", name=_("confirmed fields as they are"), facts=("fields", "versions")
)

# added, removed: codes of fields; fields: those that it needs, or needed until it ended; scenarios: where it asks.
PURPOSE_ADDED = declare(
    "purpose.added", name=_("began a purpose"), facts=("purpose", "version", "basis", "scenarios", "fields")
)
PURPOSE_CHANGED = declare(
    "purpose.changed",
    name=_("changed a purpose"),
    facts=("purpose", "version", "basis", "scenarios", "added", "removed"),
)
PURPOSE_ENDED = declare("purpose.ended", name=_("ended a purpose"), facts=("purpose", "version", "fields"))

# scope: field or category; subject: its code; floor: the code of a law fact.
SCHEDULE_SIGNED = declare(
    "schedule.signed",
    name=_("put a retention schedule in force"),
    facts=("scope", "subject", "version", "months", "starts", "floor", "then"),
)
SCHEDULE_ENDED = declare(
    "schedule.ended", name=_("ended a retention schedule"), facts=("scope", "subject", "version")
)
