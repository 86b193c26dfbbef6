"""What every write of a customer shares: differences, index rows, errors without values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import DatabaseError, IntegrityError

from classification.queries import Catalogue
from customers.models import Customer, IndexEntry
from customers.problems import Problem, Refused
from customers.values import RELATIONSHIP, Cleaned, Open, as_text, index_rows, place, seal_all
from vault.keyring import Keys
from vault.opening import CannotOpen
from vault.transform import unchanged


class WriteFailed(RuntimeError):
    """The database refused the row. Its words are left out: they would carry values."""


MERGED = ("open", "sealed", "salt", "origins", "version", "updated_at", *RELATIONSHIP)
"""The columns that `merge` changes."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a write would change. Empty when the record holds it all already."""

    values: Cleaned
    dates: dict[str, date] = field(default_factory=dict)
    cleared: frozenset[str] = frozenset()
    lay_sealed: frozenset[str] = frozenset()
    """Fields that get an open value and held a sealed one: their label was changed and the value not yet moved."""

    def __bool__(self) -> bool:
        return bool(self.written or self.cleared)

    @property
    def written(self) -> list[str]:
        """The fields that get another value."""
        return sorted({*self.values.codes, *self.dates})

    @property
    def reindexed(self) -> list[str]:
        """The fields whose index rows go, to be written anew where there is a sealed value."""
        return [*self.values.to_seal, *self.lay_sealed, *self.cleared]


def difference(
    customer: Customer,
    known: Catalogue,
    values: Cleaned,
    dates: Mapping[str, date],
    clear: Collection[str],
    keys: Keys,
) -> Difference:
    """Return what of a write is new to the record, wherever the held value lies. Sealed ones are compared inside
    the vault."""
    new = Cleaned(
        open={code: value for code, value in values.open.items() if not _holds(customer, code, value, keys)},
        to_seal={
            code: value for code, value in values.to_seal.items() if not _holds(customer, code, value, keys)
        },
    )
    given = {*values.codes, *dates}
    cleared = {code for code in clear if code not in given and _held(customer, code)}
    for base in {*new.codes, *cleared}:
        cleared |= {spec.code for spec in known.derived_from(base) if spec.code not in values.open}
    return Difference(
        new,
        {code: day for code, day in dates.items() if getattr(customer, code) != day},
        frozenset(code for code in cleared if _held(customer, code)),
        frozenset(code for code in new.open if code in customer.sealed),
    )


def merge(
    customer: Customer, change: Difference, *, keys: Keys, origin: Mapping[str, str], at: datetime
) -> None:
    """Put a difference into the row in memory, sealing what is new, and step its version.

    A new value lies in one document only, also where the old one lay in the other.
    """
    gone = change.cleared
    kept = {code for code in customer.origins if code not in gone}
    replaced = {*gone, *change.values.codes}
    customer.open = {c: v for c, v in customer.open.items() if c not in replaced} | change.values.open
    sealed = seal_all(customer.ref, change.values.to_seal, keys)
    customer.sealed = {c: v for c, v in customer.sealed.items() if c not in replaced} | sealed
    fresh = {code: dict(origin) for code in sorted(change.values.codes)}
    customer.origins = {c: customer.origins[c] for c in kept} | fresh
    for code in RELATIONSHIP:
        if code in gone or code in change.dates:
            setattr(customer, code, change.dates.get(code))
    step(customer, at)


def step(customer: Customer, at: datetime) -> None:
    """Step the version of a row in memory whose documents are others now.

    Its salt is another one too, so that whoever has the row cannot try values on what the trail told of it before.
    """
    customer.version += 1
    customer.updated_at = at
    customer.salt = uuid4()


def store(customer: Customer, known: Catalogue, change: Difference) -> None:
    """Write a merged row over the version that was read, its index rows with it.

    :raises Overtaken: the row is no longer at that version.
    """
    same = Customer.objects.filter(pk=customer.pk, version=customer.version - 1)
    if not same.update(**{column: getattr(customer, column) for column in MERGED}):
        raise Overtaken
    IndexEntry.objects.filter(customer=customer, field__in=change.reindexed).delete()
    add_index_rows(customer, known, change.values.to_seal)


class Overtaken(RuntimeError):
    """The row is no longer at the version that was read."""


def add_index_rows(customer: Customer, known: Catalogue, to_seal: Mapping[str, str]) -> None:
    """Write the blind index rows of new values."""
    IndexEntry.objects.bulk_create(
        IndexEntry(field=code, epoch=epoch, digest=digest, customer=customer)
        for code, epoch, digest in index_rows(known, to_seal)
    )


def origin_of(
    at: datetime, source: str, scenario: str, by: str = "", *, proof: UUID | None = None
) -> dict[str, str]:
    """Return what `origins` keeps of a field: when, from where, in which scenario and by whom it was collected.

    :param by: a staff number; nothing for what was there before anybody.
    :param proof: the sealed text that proves where it came from, when not from the customer (S2-11).
    """
    origin = {"collected_at": at.isoformat(), "source": source, "scenario": scenario}
    if by:
        origin["by"] = by
    if proof:
        origin["proof"] = str(proof)
    return origin


@contextmanager
def without_detail() -> Iterator[None]:
    """Let no database error travel on with the row in its DETAIL.

    :raises Refused: another customer has the number.
    :raises WriteFailed: for anything else.
    """
    try:
        yield
    except IntegrityError as error:
        names = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
        if names.startswith("customers_customer_number"):
            raise Refused([Problem("number", "number_taken")]) from None
        raise WriteFailed from None
    except DatabaseError:
        raise WriteFailed from None


def _holds(customer: Customer, code: str, value: Open, keys: Keys) -> bool:
    """Tell whether a field holds this very value, sealed or open. One that does not open is replaced by any."""
    if code in customer.sealed:
        try:
            return unchanged(customer.sealed[code], place(customer.ref, code), keys, as_text(value))
        except CannotOpen:
            return False
    return code in customer.open and as_text(customer.open[code]) == as_text(value)


def _held(customer: Customer, code: str) -> bool:
    if code in RELATIONSHIP:
        return getattr(customer, code) is not None
    return code in customer.open or code in customer.sealed
