"""What aggregates are counted from: tier and open values of whole portfolios, and nothing sealed (S0-29)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models.fields.json import KeyTextTransform

from customers.models import Customer, Portfolio
from customers.restrictions import unrestricted

Row = tuple[UUID, str, tuple[str, ...]]
"""Customer, tier, one open value per field asked for, empty where there is none."""
CHUNK = 5000


def traits(portfolio: Portfolio, fields: Sequence[str], at: datetime) -> Iterator[list[Row]]:
    """Yield what is counted of every customer of a portfolio of whom nothing is only stored, thousands at a time."""
    values = {f"value_{place}": KeyTextTransform(code, "open") for place, code in enumerate(fields)}
    rows = unrestricted(Customer.objects.filter(portfolio=portfolio), at).annotate(**values).order_by("pk")
    after = 0
    while found := list(rows.filter(pk__gt=after).values_list("pk", "ref", "tier", *values)[:CHUNK]):
        yield [(ref, tier, tuple(text or "" for text in held)) for _pk, ref, tier, *held in found]
        after = found[-1][0]
