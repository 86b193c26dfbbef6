"""Codes of permission reviews in the reader's language, made when shown."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.models.reviews import CLOSED, KEEP, LAPSED, NARROW, OPEN, REVOKE
from access.reviewed import KINDS
from access.reviewed.freezing import CONFLICT, LEAVER, MOVER, NEW, ORPHAN, RARE, STOPPED, UNUSED

STATES: dict[str, Promise] = {
    OPEN: _("not decided"),
    KEEP: _("kept"),
    NARROW: _("kept until a day"),
    REVOKE: _("taken away"),
    LAPSED: _("ended by silence"),
    CLOSED: _("ended otherwise"),
}
MARKS: dict[str, Promise] = {
    LEAVER: _("has left"),
    STOPPED: _("is frozen"),
    MOVER: _("has moved"),
    ORPHAN: _("does not fit department or role"),
    CONFLICT: _("conflicting roles"),
    NEW: _("new this quarter"),
    UNUSED: _("not used"),
    RARE: _("used far less than by others"),
}
REFUSALS: dict[str, Promise] = {
    "not_yours": _("This right is not yours to decide about."),
    "over": _("The deadline has come: what nobody had confirmed has ended."),
    "decided": _("Somebody has decided about this right already."),
    "gone": _("This right has ended otherwise meanwhile; there is nothing to decide."),
    "no_end": _("Name a day to come, until which the right is kept."),
    "end_too_far": _("The day may be a year away at most."),
    "look_at_each": _(
        "Together you keep only what is unchanged and was used in the last 30 days; look at the others one by one."
    ),
}
NOT_STARTED: dict[str, Promise] = {
    "running": _("A review is running; the next one starts after its deadline."),
    "too_short": _("Leave at least two days to decide."),
    "too_long": _("A review takes 60 days at most."),
    "nothing": _("Nobody holds any right; there is nothing to review."),
}


def kind_words(code: str) -> str:
    """Name a kind of right; its code where this version knows it no more."""
    return str(KINDS[code].name) if code in KINDS else code
