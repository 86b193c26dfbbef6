"""Who signs what changes the audit: whichever of the two guards did not propose it."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from approvals.registry import Content, Seat
from staff.queries import holders_of
from staff.roles import OFFICER, SECURITY


def guards(content: Content, at: datetime) -> list[Seat]:
    """Return the one seat: a data security officer or a security manager; the proposer never sits on it."""
    eligible = holders_of(OFFICER, at) | holders_of(SECURITY, at)
    return [Seat("guard", eligible, _("data security officer or security manager"))]
