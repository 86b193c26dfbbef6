"""The daily run: list what is due, and let nobody read what a floor, a hold or a schedule still keeps (PIPL 47)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from customers.models import Restriction
from customers.restrictions import restricted
from retention import events
from retention.due import Due
from retention.models import DueEntry, DueListing
from retention.queries.listing import batches
from trail import services as trail
from trail.actor import Actor

LISTER = "retention.list_due"


@dataclass(slots=True)
class _Run:
    """Counts of one run."""

    customers: int = 0
    values: int = 0
    stored: int = 0
    restricted: int = 0
    lifted: int = 0


def list_due(*, by: Actor, at: datetime) -> DueListing:
    """List what is due of all customers in place of the list before, and restrict or release what it says."""
    run = _Run()
    with transaction.atomic():
        listing = DueListing.objects.create(at=at)
        for customers, found in batches(at):
            DueEntry.objects.bulk_create(_entry(listing, one) for one in found)
            _restrict(customers, found, run, at)
            run.customers += len({one.customer_ref for one in found})
            run.values += len(found)
            run.stored += sum(one.storage_only_until is not None for one in found)
        DueEntry.objects.exclude(listing=listing).delete()
        listing.customers, listing.entries_found, listing.stored = run.customers, run.values, run.stored
        listing.save(update_fields=["customers", "entries_found", "stored"])
        facts = {name: getattr(run, name) for name in events.DUE_LISTED.facts}
        trail.record(events.DUE_LISTED, by=by, at=at, facts=facts)
    return listing


def _entry(listing: DueListing, one: Due) -> DueEntry:
    return DueEntry(
        listing=listing,
        customer=one.customer_ref,
        fields=list(one.fields),
        rule=one.rule,
        reason_code=one.reason_code,
        until=one.until,
        storage_only_until=one.storage_only_until,
        basis=one.basis,
    )


def _restrict(customers: Mapping[int, UUID], found: Iterable[Due], run: _Run, at: datetime) -> None:
    """Write the restrictions that are wanted, and lift those of values whose term goes on after all.

    What was restricted and is due to be destroyed now stays so until it is: its term is over all the same.
    """
    ids = {ref: pk for pk, ref in customers.items()}
    wanted = {(ids[one.customer_ref], field): one for one in found for field in one.fields or ("",)}
    whole = {pk for pk, field in wanted if not field}
    held = restricted(customers, at)
    over = [
        row.pk
        for key, row in held.items()
        if not _still(key, wanted, whole) or _replaced(row, wanted.get(key))
    ]
    new = [
        Restriction(
            customer_id=key[0],
            field=key[1],
            basis=one.basis,
            source=one.rule,
            kept_until=one.storage_only_until,
            since=at,
        )
        for key, one in wanted.items()
        if one.storage_only_until and (key not in held or held[key].pk in over)
    ]
    run.lifted += Restriction.objects.filter(pk__in=over, since__lt=at).update(until=at)
    run.restricted += len(Restriction.objects.bulk_create(new))


def _still(key: tuple[int, str], wanted: Mapping[tuple[int, str], Due], whole: set[int]) -> bool:
    return key in wanted or key[0] in whole


def _replaced(row: Restriction, one: Due | None) -> bool:
    """Tell whether a restriction says another day or another reason than the list does now."""
    if one is None or one.storage_only_until is None:
        return False
    return (row.basis, row.kept_until) != (one.basis, one.storage_only_until)
