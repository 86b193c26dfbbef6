"""Customers of the demo who left years ago, and the first night's list of what is due to be destroyed."""

from datetime import date, datetime

from customers.models import Customer
from retention.services.listing import LISTER, list_due
from trail.actor import Actor

LEFT = 9
"""So many customers have left: the last by number, whom no tour of the demo begins with."""


def list_endings(at: datetime) -> int:
    """Let some relationships have ended, list what is due, and return how many customers that is."""
    last = Customer.objects.order_by("-number").values_list("pk", flat=True)[:LEFT]
    rows = Customer.objects.filter(pk__in=list(last))
    rows.update(relationship_since=date(2014, 3, 1), relationship_until=date(2020, 6, 30))
    return list_due(by=Actor.system(LISTER), at=at).customers
