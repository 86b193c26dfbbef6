"""Rows of a masked data set: the shape of a record with nobody in it (S1-10).

Sealed values become pseudonyms inside `vault.transform`; open ones and everything drawn become so here. A derived
value is worked out anew from the pseudonym of its base, so that record and number agree. What stays of a record is
which fields it fills, its portfolio and its tier.
"""

from __future__ import annotations

from collections.abc import Sequence
from hmac import digest

from classification.queries import Catalogue, FieldSpec
from customers.models import Customer
from customers.values import DOMAIN, as_text, derived_of, place
from kinds import pseudonyms, registry
from vault import transform
from vault.keyring import Keys, keys_for

NUMBER_DIGITS = 10


class Pseudonyms:
    """Makes rows under one throw-away key; the same value has the same pseudonym in all of them."""

    def __init__(self, known: Catalogue, fields: Sequence[str], key: bytes) -> None:
        self._asked = [known.get(code) for code in fields]
        self._known = known
        self._key = key

    @property
    def columns(self) -> list[FieldSpec]:
        """The fields of a row: those asked for, each with what is worked out from it."""
        return [one for spec in self._asked for one in (spec, *self._known.derived_from(spec.code))]

    def rows(self, customers: Sequence[Customer]) -> list[list[str]]:
        """Return number, portfolio, tier and the fields of each customer; empty where the record has nothing."""
        keys = keys_for([customer.ref for customer in customers], DOMAIN)
        return [self._row(customer, keys) for customer in customers]

    def _row(self, customer: Customer, keys: Keys) -> list[str]:
        made: dict[str, str] = {}
        for spec in self._asked:
            if value := self._pseudonym(customer, spec, keys):
                made |= {spec.code: value} | derived_of(self._known, spec, registry.get(spec.kind), value)
        return [
            self.number(customer),
            customer.portfolio.code,
            customer.tier,
            *(made.get(spec.code, "") for spec in self.columns),
        ]

    def number(self, customer: Customer) -> str:
        """Return a customer number that leads nowhere."""
        drawn = int.from_bytes(digest(self._key, b"number" + customer.ref.bytes, "sha256"))
        return f"T{drawn % 10**NUMBER_DIGITS:0{NUMBER_DIGITS}d}"

    def _pseudonym(self, customer: Customer, spec: FieldSpec, keys: Keys) -> str:
        held = customer.sealed if spec.sealed else customer.open
        if spec.code not in held:
            return ""
        if spec.kind in pseudonyms.DRAWN:
            # Drawn for this record and field: nothing is opened, and nothing tells how often a value occurs.
            drawn = digest(self._key, customer.ref.bytes + spec.code.encode(), "sha256")
            return pseudonyms.pseudonym(spec.kind, "", drawn, spec.params)
        if spec.sealed:
            sealed, where = customer.sealed[spec.code], place(customer.ref, spec.code)
            return transform.pseudonym(spec.kind, spec.params, sealed, where, keys, self._key)
        return transform.pseudonym_of(spec.kind, spec.params, as_text(held[spec.code]), self._key)
