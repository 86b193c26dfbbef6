"""Words for what findings, cases and audits store as codes."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from audit import detecting
from audit.models.audits import kinds
from audit.models.cases import (
    ATTACHED,
    DECIDED,
    DUE,
    EXPLAINED,
    HANDED,
    INCIDENT,
    JOINED,
    NOTED,
    OPENED,
    REOPENED,
    VIOLATION,
)
from audit.queries import cases
from audit.queries.findings import IN_CASE, OPEN, SUPPRESSED
from trail import vocabulary

Words = Mapping[str, str | Promise]

STATES: Words = {
    OPEN: pgettext_lazy("finding", "open"),
    IN_CASE: gettext_lazy("in a case"),
    EXPLAINED: gettext_lazy("explained"),
    VIOLATION: gettext_lazy("violation"),
    INCIDENT: gettext_lazy("incident"),
    SUPPRESSED: gettext_lazy("put aside"),
}
CASE_STATES: Words = {
    cases.OPEN: pgettext_lazy("case", "open"),
    cases.LATE: gettext_lazy("past its deadline"),
    cases.CLOSED: gettext_lazy("decided"),
}
SOURCES: Words = {
    "detector": gettext_lazy("detectors"),
    "alarm": gettext_lazy("alarms"),
    "problem": gettext_lazy("reported problems"),
}
AGES: Words = {
    "day": gettext_lazy("up to a day"),
    "week": gettext_lazy("up to a week"),
    "month": gettext_lazy("up to a month"),
    "older": gettext_lazy("older than a month"),
}
ENTRIES: Words = {
    OPENED: gettext_lazy("opened the case"),
    HANDED: gettext_lazy("handed the case to"),
    DUE: gettext_lazy("moved the deadline to"),
    NOTED: gettext_lazy("wrote a note"),
    ATTACHED: gettext_lazy("added a file"),
    JOINED: gettext_lazy("added a finding"),
    DECIDED: gettext_lazy("decided"),
    REOPENED: gettext_lazy("opened the case again"),
}
KINDS: Words = dict(kinds())
REFUSALS: Words = {
    "not_yours": gettext_lazy("Nobody decides about themselves. Another officer or your head decides."),
    "not_open": gettext_lazy("Somebody else was first: this finding is no longer open."),
    "closed": gettext_lazy("The case is decided. Open it again to go on."),
    "open": gettext_lazy("The case is not decided yet."),
    "bad_due": gettext_lazy("A day after today, within half a year."),
    "bad_owner": gettext_lazy(
        "A case goes to a data security officer who works here and whom it is not about."
    ),
    "own": gettext_lazy("A pattern of your own is put aside by another officer."),
    "bad_until": gettext_lazy("A day after today, within a year."),
    "unknown": gettext_lazy("There is no such detector, person or department."),
    "signed_meanwhile": gettext_lazy(
        "An audit was signed off at this very moment. Nothing was written; do it again."
    ),
}
NOT_STARTED: Words = {
    "not_begun": gettext_lazy("The period lies ahead. Choose days that have begun."),
    "too_long": gettext_lazy("A year at most."),
}
EXPLAINED_ALARMS: Words = {
    "problem.reported": gettext_lazy("Somebody reported a problem. Read the report, then decide what it is."),
    "break_glass.used": gettext_lazy(
        "A value was shown in an emergency, against the rules. Was it an emergency?"
    ),
    "approvals.self_approval": gettext_lazy("Somebody tried to sign their own proposal. It was refused."),
    "consent.own_used": gettext_lazy(
        "Somebody read a value on a consent that they had captured themselves. Is the consent real?"
    ),
    "review.still_given": gettext_lazy(
        "A right that a permission review took away was still given afterwards. Take it away, and find out why."
    ),
    "restricted.outside": gettext_lazy(
        "The restricted site was asked for from outside its network zone. Who sat there, and why?"
    ),
    "restricted.sealed": gettext_lazy("Somebody sealed the restricted site. What happened?"),
}


def name_of(code: str) -> str:
    """Name what found something: a detector, or the kind of an alarming event."""
    try:
        return str(detecting.get(code).name)
    except detecting.UnknownDetector:
        pass
    try:
        return str(vocabulary.get(code).name)
    except vocabulary.UnknownKind:
        return code


def explained(code: str, features: Mapping[str, int | float | str]) -> str:
    """Say in plain words what was found."""
    if code in EXPLAINED_ALARMS:
        return str(EXPLAINED_ALARMS[code])
    try:
        return detecting.explain(code, features)
    except LookupError:  # a finding outlives its detector, and the features that it told then
        return looked_for(code) or _("An act of a kind that always raises an alarm: %(what)s.") % {
            "what": name_of(code)
        }


def looked_for(code: str) -> str:
    """Say what a detector looks for, "" for an alarm."""
    try:
        return str(detecting.get(code).words)
    except detecting.UnknownDetector:
        return ""


def not_signed(code: str, number: int) -> str:
    """Say why an audit was not signed off, and what to do."""
    if code == "open":
        return ngettext(
            "Not signed off: %(n)s finding is neither decided nor owned. Decide it, or take it into a case.",
            "Not signed off: %(n)s findings are neither decided nor owned. Decide them, or take them into cases.",
            number,
        ) % {"n": number}
    words = {
        "signed": _("It is signed off already."),
        "own": _("Not signed off: one of its findings is about you. Another officer or your head signs."),
        "not_over": _("Not signed off: its period is not over yet."),
        "not_examined": _(
            "Not signed off: the period is not examined to its end. Wait for it, or run it again."
        ),
    }
    return words[code]
