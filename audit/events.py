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
