"""The first night's count of the demo, so that its analyst sees figures at once."""

from datetime import datetime

from django.db import transaction

from access.aggregates.dimensions import dimensions
from access.aggregates.run import renew
from customers.models import Portfolio


def count_portfolios(at: datetime) -> int:
    """Count every portfolio; return how many have figures."""
    with transaction.atomic():
        return sum(renew(portfolio, dimensions(at), at=at) for portfolio in Portfolio.objects.order_by("pk"))
