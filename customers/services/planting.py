"""Plant a customer who does not exist among those of a portfolio, so that nobody there can tell."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from random import Random, SystemRandom
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from classification.queries import Catalogue, catalogue
from customers import events
from customers.digests import written_exposure
from customers.lookalikes import identity, number_like, ordinary, reach_of, strangers
from customers.models import STANDARD, Customer, Portfolio
from customers.numbers import BadNumber, clean_number
from customers.values import as_text, clean, seal_all
from customers.writing import add_index_rows, without_detail
from trail.actor import Actor
from trail.services import record
from vault.keyring import make_keys

NEIGHBOURS = 40
FEWEST = 5
TRIES = 12


class TooFewNeighbours(RuntimeError):
    """The portfolio has fewer than five customers: whoever is new among them stands out."""


def plant(portfolio: Portfolio, *, by: Actor, at: datetime, draw: Random | None = None) -> UUID:
    """Create a customer who does not exist, with the fields, origins and dates of a neighbour; return its `ref`.

    Sealed, indexed and recorded as any other; the trail says who did it, the record what a neighbour's says.

    :raises TooFewNeighbours: see there.
    """
    dice = draw or SystemRandom()
    neighbours = list(Customer.objects.filter(portfolio=portfolio, tier=STANDARD).order_by("?")[:NEIGHBOURS])
    if len(neighbours) < FEWEST:
        raise TooFewNeighbours
    known = catalogue(at)
    customer, to_seal = _like(neighbours, known, dice, at)
    keys = make_keys([customer.ref], "L3", at=at)
    customer.sealed = seal_all(customer.ref, to_seal, keys)
    written = sorted(customer.origins)
    origin: dict[str, str] = next(iter(customer.origins.values()), {})
    with without_detail(), transaction.atomic():
        customer.save(force_insert=True)
        add_index_rows(customer, known, to_seal)
        record(
            events.CREATED,
            by=by,
            at=at,
            facts={
                "fields": written,
                "scenario": origin.get("scenario", ""),
                "source": origin.get("source", ""),
                "proof": "",
                "new_consent": "",
                "version": 1,
            },
            exposures=[written_exposure(customer)],
        )
    return customer.ref


def _like(
    neighbours: list[Customer], known: Catalogue, dice: Random, at: datetime
) -> tuple[Customer, dict[str, str]]:
    """Return a customer that has what one of its neighbours has, and the values that are to be sealed."""
    like = neighbours[0]
    held = {*like.open, *like.sealed}
    specs = [spec for spec in known.holdable if spec.code in held]
    typed = identity(specs, strangers(dice))
    for spec in specs:
        if spec.code not in typed and not spec.sealed:
            texts = [as_text(one.open[spec.code]) for one in neighbours if spec.code in one.open]
            typed[spec.code] = ordinary(spec.kind, texts, dice)
    # What its field refuses is left out: a decoy may lack a value as anybody may.
    cleaned = clean(known, typed, today=timezone.localdate(at))
    customer = Customer(
        ref=uuid.uuid4(),
        number=_free_number(like.number, dice),
        portfolio=like.portfolio,
        tier=STANDARD,
        relationship_since=_near(like.relationship_since, dice, at),
        open=cleaned.open,
        origins={code: _origin(like, code) for code in sorted(cleaned.codes)},
        created_at=like.created_at,
        updated_at=like.created_at,
    )
    return customer, cleaned.to_seal


def _origin(like: Customer, code: str) -> dict[str, str]:
    """Return a neighbour's origin of a field, without the proof that is only theirs."""
    origin: dict[str, str] = like.origins.get(code) or next(iter(like.origins.values()), {})
    return {name: text for name, text in origin.items() if name not in ("proof", "verified_at")}


def _near(day: date | None, dice: Random, at: datetime) -> date | None:
    if day is None:
        return None
    return min(day + timedelta(days=dice.randrange(-200, 200)), timezone.localdate(at))


def _free_number(number: str, dice: Random) -> str:
    """Return a customer number of the same shape that nobody has.

    :raises TooFewNeighbours: the shape has hardly a number left.
    """
    for tries in range(TRIES):
        tried = number_like(number, dice, reach=reach_of(tries))
        try:
            if clean_number(tried) == tried and not Customer.objects.filter(number=tried).exists():
                return tried
        except BadNumber:
            continue
    raise TooFewNeighbours
