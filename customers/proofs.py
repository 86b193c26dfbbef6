"""Where a value came from when not from the customer: one sealed line that proves it, named by its origin (S2-11)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from customers.models import Customer, ValueChange
from customers.problems import Problem
from files.models import SealedText
from files.services import put_text
from trail.actor import Actor

INDIRECT = "other"
"""The source that is not the customer."""
PROOF = "proof"
"""In an origin: the id of the sealed text. As the field of a problem: the line that is missing."""
SOURCE_PROOF = "customer.source_proof"
LONGEST_PROOF = 200


def unproven(source: str, proof: str) -> list[Problem]:
    """Return why a write from this source may not be made with this line."""
    if source != INDIRECT:
        return []
    if not proof.strip():
        return [Problem(PROOF, "proof_missing")]
    return [Problem(PROOF, "too_long", {"limit": LONGEST_PROOF})] if len(proof) > LONGEST_PROOF else []


def seal_proof(proof: str, source: str, *, customer: UUID, by: Actor, at: datetime) -> UUID | None:
    """Seal the proof of an indirect source under its customer and return its id; part of the write."""
    if source != INDIRECT:
        return None
    return put_text(proof.strip(), about=SOURCE_PROOF, subject=customer, by=by, at=at)


def proof_of(customer: Customer, field: str, id: UUID) -> SealedText | None:
    """Return a proof, still sealed, that the present or an earlier value of this field names."""
    named = customer.origins.get(field, {}).get(PROOF) == str(id)
    before = ValueChange.objects.filter(customer=customer, field=field, origin__proof=str(id))
    if not named and not before.exists():
        return None
    return SealedText.objects.filter(pk=id, about=SOURCE_PROOF).first()


def ending_with(customer: Customer, fields: Collection[str]) -> tuple[set[UUID], set[UUID]]:
    """Return the proofs that go when these fields of a customer go, and those that stay: they prove others as well."""
    named, others = set[UUID](), set[UUID]()
    for code, proof in _named(customer):
        (named if code in fields else others).add(proof)
    own = SealedText.objects.filter(pk__in=named, subject=customer.ref, about=SOURCE_PROOF)
    going = set(own.values_list("pk", flat=True)) - others
    return going, named - going


def unnamed(customer: Customer) -> list[UUID]:
    """Return the proofs under a customer that no value of theirs, nor an earlier one, names any more."""
    rows = SealedText.objects.filter(subject=customer.ref, about=SOURCE_PROOF)
    return sorted(set(rows.values_list("pk", flat=True)) - {proof for _code, proof in _named(customer)})


def _named(customer: Customer) -> list[tuple[str, UUID]]:
    now = ((code, origin) for code, origin in customer.origins.items())
    before = ValueChange.objects.filter(customer=customer).values_list("field", "origin")
    return [(code, UUID(origin[PROOF])) for code, origin in (*now, *before) if origin.get(PROOF)]
