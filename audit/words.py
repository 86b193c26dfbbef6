"""What the audit's codes are called, in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.budgets import REASON, TAP, WAIT
from audit.models.cases import EXPLAINED, INCIDENT, VIOLATION
from audit.queries.findings import IN_CASE, OPEN, SUPPRESSED

STATE_NAMES: Mapping[str, str | Promise] = {
    OPEN: pgettext_lazy("finding", "open"),
    IN_CASE: _("in a case"),
    EXPLAINED: _("explained"),
    VIOLATION: _("violation"),
    INCIDENT: _("incident"),
    SUPPRESSED: _("put aside"),
}
NEXT_STEPS: Mapping[str, str | Promise] = {
    REASON: _("a typed reason"),
    TAP: _("a tap of a supervisor or head"),
    WAIT: _("waiting"),
}
