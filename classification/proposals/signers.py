"""Who signs what a field means: a department head and a data security officer, two different people (S0-20)."""

from collections.abc import Sequence
from datetime import datetime

from approvals.registry import Content, Seat
from staff.queries import heads, holders_of
from staff.roles import HEAD, NAMES, OFFICER


def head_and_officer(content: Content, at: datetime) -> Sequence[Seat]:
    """Return the two seats. The heads of all departments count, a parent department's among them.

    Whoever is both fills one seat only: that of the officer while another head is there, else that of the head.
    Where one person alone is head and officer, the head of another department (the parent's) has the other seat;
    without one, nobody can sign.
    """
    leading, officers = heads(at), holders_of(OFFICER, at)
    both = leading & officers
    if leading - both:
        leading -= both
    elif officers - both:
        officers -= both
    return [Seat(HEAD, leading, str(NAMES[HEAD])), Seat(OFFICER, officers, str(NAMES[OFFICER]))]
