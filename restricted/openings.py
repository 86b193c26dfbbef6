"""Under what an L4 value may be shown: a pure decision."""

from dataclasses import dataclass

from restricted.models import Request, Value
from staff.roles import OFFICER
from trail.actor import Actor

ORIGINAL = "authorisation_original"
"""Signed originals: proof that the officer checks, with a reason instead of a grant."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes on a ground, or no for a reason."""

    ground: str = ""
    why: str = ""


def officer_alone(field: str) -> bool:
    """Tell whether nobody but the data security officer sees this field."""
    return field == ORIGINAL


def decide(
    value: Value, *, by: Actor, grant: Request | None, reason: str, sealed: bool, stored_only: bool
) -> Decision:
    """Decide whether this person may see this value now.

    SECURITY: whoever lacks a valid undertaking or a required course sees nothing here (S1-19, S1-20); nobody sees
    anything while this host is sealed (S0-23), nor what is only stored (PIPL 47), whatever was approved.
    """
    if sealed:
        return Decision(why="sealed")
    if stored_only:
        return Decision(why="storage_only")
    if by.lacking:
        return Decision(why=f"lacks_{by.lacking}")
    if officer_alone(value.field):
        if OFFICER not in by.roles:
            return Decision(why="officer_alone")
        return Decision(ground="officer") if reason.strip() else Decision(why="reason_missing")
    if grant is None or grant.applicant != by.id:
        return Decision(why="no_grant")
    return Decision(ground=f"request {grant.pk}")
