"""What becomes of one held value of a field that is L4 now: handed over to the restricted host, and gone here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from classification.queries import FieldSpec
from customers.models import Customer
from customers.relabel.moving import NOT_APPROVED, UNREADABLE, Settled
from customers.values import as_text, place
from customers.writing import step
from files import apart
from files.apart import Given
from files.deposits import NotAccepted
from trail.actor import Actor
from trail.exposed import Exposed
from vault.keyring import Keys
from vault.opening import CannotOpen
from vault.transform import ApartApproval


class Hander:
    """Hands values of one field over. Settled once for a batch; part of the transaction that removes them."""

    def __init__(self, spec: FieldSpec, *, by: Actor, approval: ApartApproval | None) -> None:
        """
        :param approval: of the signed label, without which no sealed value leaves the record.
        """
        self._spec = spec
        self._by = by
        self._approval = approval

    def settle(self, customer: Customer, keys: Keys, *, at: datetime) -> Settled:
        """Leave what the row holds for the restricted host, and take it out of the row in memory."""
        code = self._spec.code
        if code not in customer.open and code not in customer.sealed:
            return Settled(customer)
        if self._approval is None:
            return Settled(customer, misfit=NOT_APPROVED)
        told = None
        try:
            told = self._hand_over(customer, keys, self._approval, at)
        except CannotOpen:
            return Settled(customer, misfit=UNREADABLE)
        except NotAccepted:  # an empty text: there is nothing to hand over
            pass
        for document in ("open", "sealed", "origins"):
            kept = {field: held for field, held in getattr(customer, document).items() if field != code}
            setattr(customer, document, kept)
        step(customer, at)
        return Settled(customer, changed=True, told=told)

    def _hand_over(self, customer: Customer, keys: Keys, approval: ApartApproval, at: datetime) -> Exposed:
        code, ref, portfolio = self._spec.code, customer.ref, customer.portfolio
        whose = Given(subject=ref, field=code, text=True, portfolio=portfolio.code, region=portfolio.region)
        if code in customer.sealed:
            sealed = customer.sealed[code]
            row = apart.deposit_held(whose, sealed, place(ref, code), keys, approval, by=self._by, at=at)
        else:
            content = as_text(customer.open[code]).encode()
            row = apart.deposit(replace(whose, content=content), by=self._by, at=at)
        return apart.told(row)
