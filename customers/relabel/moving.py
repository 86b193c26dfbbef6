"""What becomes of one held value under the label of now. Nothing is lost: what does not fit stays and is named."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from classification.queries import FieldSpec
from customers.models import Customer
from customers.values import as_stored, as_text, higher_inside, index_rows_of, place
from customers.writing import step
from kinds import registry
from kinds.base import Invalid
from trail.exposed import Exposed
from vault import transform
from vault.keyring import Keys
from vault.opening import CannotOpen
from vault.sealing import seal
from vault.transform import Approval

HOLDS_HIGHER, UNREADABLE, NOT_APPROVED = "holds_higher", "unreadable", "not_approved"


@dataclass(slots=True)
class Settled:
    """One customer after a look: `changed` when the documents are others, the index rows of now, and the misfit."""

    customer: Customer
    changed: bool = False
    entries: list[tuple[str, int, bytes]] = field(default_factory=list)
    misfit: str = ""
    told: Exposed | None = None
    """Of a value that was handed over: the exposure of its deposit."""


class Mover:
    """Puts values of one field where its label wants them. Settled once for a batch."""

    def __init__(self, spec: FieldSpec, *, today: date, approval: Approval | None) -> None:
        """
        :param approval: of the signed opening, without which no sealed value is opened.
        """
        self._spec = spec
        self._params = {**spec.params, "today": today}
        self._approval = approval

    def settle(self, customer: Customer, keys: Keys, *, at: datetime) -> Settled:
        """Change the row in memory to what the label wants."""
        code = self._spec.code
        try:
            if code in customer.sealed:
                settled = self._sealed(customer, customer.sealed[code], keys)
            elif code in customer.open:
                settled = self._open(customer, as_text(customer.open[code]), keys)
            else:
                settled = Settled(customer)
        except CannotOpen:
            settled = Settled(customer, misfit=UNREADABLE)
        if settled.changed:
            step(customer, at)
        return settled

    def _sealed(self, customer: Customer, sealed: str, keys: Keys) -> Settled:
        spec, here = self._spec, place(customer.ref, self._spec.code)
        if not spec.sealed:
            return self._opened(customer, sealed, keys)
        misfit, new = "", sealed
        try:
            new = transform.recast(spec.kind, self._params, sealed, here, keys)
        except Invalid as refused:
            misfit = refused.code
        customer.sealed = {**customer.sealed, spec.code: new}
        entries = [
            (spec.code, epoch, digest)
            for epoch, digest in transform.index(spec.kind, spec.index_kinds, new, here, keys)
        ]
        return Settled(customer, new != sealed, entries, misfit)

    def _opened(self, customer: Customer, sealed: str, keys: Keys) -> Settled:
        """Open a sealed value, unless it does not fit the open field: then the stricter place keeps it."""
        spec = self._spec
        if self._approval is None:
            return Settled(customer, misfit=NOT_APPROVED)
        text = transform.open_relabelled(sealed, place(customer.ref, spec.code), keys, self._approval)
        value, misfit = self._fitting(text)
        if misfit:
            return Settled(customer, misfit=misfit)
        customer.open = {**customer.open, spec.code: as_stored(spec.kind, value)}
        customer.sealed = {code: held for code, held in customer.sealed.items() if code != spec.code}
        return Settled(customer, changed=True)

    def _open(self, customer: Customer, text: str, keys: Keys) -> Settled:
        spec = self._spec
        value, misfit = self._fitting(text)
        if spec.sealed:
            customer.open = {code: held for code, held in customer.open.items() if code != spec.code}
            here = place(customer.ref, spec.code)
            customer.sealed = {**customer.sealed, spec.code: seal(value, here, keys)}
            return Settled(customer, True, index_rows_of(spec, value), misfit)
        stored = customer.open[spec.code] if misfit else as_stored(spec.kind, value)
        changed = stored != customer.open[spec.code]
        customer.open = {**customer.open, spec.code: stored}
        return Settled(customer, changed, misfit=misfit)

    def _fitting(self, text: str) -> tuple[str, str]:
        """Return the text as its kind writes it, or as it is with the code of why it does not fit."""
        try:
            value = registry.get(self._spec.kind).clean(text, self._params)
        except Invalid as refused:
            return text, refused.code
        return (text, HOLDS_HIGHER) if higher_inside(self._spec, value) else (value, "")
