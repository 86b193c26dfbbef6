"""What the trail records of retention."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

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
