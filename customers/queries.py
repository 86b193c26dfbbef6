"""What others may ask of customers: who is within reach, lists, search, contacts."""

from customers.reach import (
    editable_by,
    importable_by,
    portfolios_filled_by,
    portfolios_imported_by,
    portfolios_seen_by,
    visible_to,
)

__all__ = [
    "editable_by",
    "importable_by",
    "portfolios_filled_by",
    "portfolios_imported_by",
    "portfolios_seen_by",
    "visible_to",
]
