"""Change history of configuration (django-auditlog). Passwords never enter it; mail addresses are masked whole.

Its table is append-only (migration `history_append_only`). What auditlog cannot tell, why, lies in the trail.
"""

from auditlog.registry import auditlog

from staff.models import (
    Department,
    Freeze,
    Headship,
    Network,
    Organisation,
    Person,
    RequiredCourse,
    RoleHolding,
    Site,
    Training,
)

MASK = "staff.history.masked"


def masked(value: str) -> str:
    """Return dots for any value. SECURITY: auditlog's own mask shows half of it."""
    return "••••" if value and value != "None" else ""


auditlog.register(
    Person,
    exclude_fields=["password", "last_login"],
    mask_fields=["email"],
    mask_callable=MASK,
)
for model in (
    Department,
    Organisation,
    RoleHolding,
    Headship,
    Freeze,
    Site,
    Network,
    RequiredCourse,
    Training,
):
    auditlog.register(model)
