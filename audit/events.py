"""The audit's own kinds of event."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

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
