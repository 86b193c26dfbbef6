"""What decisions need to know of a record besides its values: whether the customer may be a minor."""

from __future__ import annotations

from customers.models import Customer

_BORN = "birth_year"


def may_be_under(customer: Customer, age: int, year: int) -> bool:
    """Tell whether the customer may be younger than `age`, in years, at some day of `year`.

    Only the year of birth is held open, so whoever reaches the age this year may still be under it.
    """
    born = customer.open.get(_BORN, "")
    return isinstance(born, str) and born.isdigit() and year - int(born) <= age
