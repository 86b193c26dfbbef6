"""What others may ask of customers: who is within reach, lists, search, contacts."""

from customers.contacts import current as current_contact
from customers.contacts import is_live as is_live_contact
from customers.contacts import of_customer as contacts_of
from customers.contacts import over_without_line
from customers.lists import MAX_PAGES, PAGE_ROWS, Page, page
from customers.reach import (
    editable_by,
    importable_by,
    person_serves,
    person_serves_singly,
    portfolios_filled_by,
    portfolios_imported_by,
    portfolios_seen_by,
    visible_to,
)
from customers.search import WAYS, NothingTyped, NotSearchable, search

__all__ = [
    "MAX_PAGES",
    "PAGE_ROWS",
    "WAYS",
    "NotSearchable",
    "NothingTyped",
    "Page",
    "contacts_of",
    "current_contact",
    "editable_by",
    "importable_by",
    "is_live_contact",
    "over_without_line",
    "page",
    "person_serves",
    "person_serves_singly",
    "portfolios_filled_by",
    "portfolios_imported_by",
    "portfolios_seen_by",
    "search",
    "visible_to",
]
