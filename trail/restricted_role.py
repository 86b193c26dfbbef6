"""Rights of the restricted host's role in the main data, given by migrations of the apps that own the tables.

It has no default rights: it reads who people are and what the catalogue calls things, takes deposits, and appends
events. It reads no customer.
"""

from django.db.migrations import RunSQL

ROLE = "custinfo_restricted_main"


def restricted_may(rights: str, *tables: str) -> RunSQL:
    """Return the operation that gives the restricted host these rights on these tables."""
    named = ", ".join(tables)
    return RunSQL(f"grant {rights} on {named} to {ROLE}", f"revoke {rights} on {named} from {ROLE}")
