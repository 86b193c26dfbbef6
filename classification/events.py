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
