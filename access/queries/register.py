"""The register of the catalogue: what may be held, why, by how many, how long, and who signed that (S0-19, S0-20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from approvals.models import APPROVE, Signature
from classification.models import FieldVersion, categories, indexes
from classification.purpose_words import retention
from classification.purposes import PurposeSpec, purposes
from classification.queries import Catalogue, FieldSpec, catalogue
from classification.review import Review, reviews
from classification.words import kind_words
from customers.holders import Holders
from staff.models import Person
from staff.roles import NAMES

ELSEWHERE = 4
"""Values of this level lie in a database of their own, which is not counted here."""


@dataclass(frozen=True, slots=True)
class Signed:
    """One of the signatures of a field's version in force."""

    name: str
    seat: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Use:
    """One purpose that needs the field."""

    purpose: PurposeSpec
    necessary: bool

    @property
    def name(self) -> str:
        """The purpose in the active language."""
        return self.purpose.name

    @property
    def retention(self) -> str:
        """How long this purpose keeps the field's values, in words."""
        return retention(self.purpose.retain_months, self.purpose.retain_from)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One field of the register. Words are in the language that was active when it was asked for."""

    spec: FieldSpec
    category: str
    kind: str
    search: str
    base: str
    """The name of the field it is computed from; empty when it is typed."""
    uses: tuple[Use, ...]
    holders: int | None
    """Customers who hold a value; None where values lie elsewhere."""
    review: Review
    signatures: tuple[Signed, ...]
    """Of the version in force; none while it stands on the shipped default."""

    @property
    def terms(self) -> list[tuple[str, list[Use]]]:
        """How long values are kept, in words, each term with the purposes that have it."""
        terms: dict[str, list[Use]] = defaultdict(list)
        for use in self.uses:
            terms[use.retention].append(use)
        return list(terms.items())

    @property
    def retention(self) -> str:
        """Every term with its purposes, in one line."""
        words = _("%(term)s (%(purposes)s)")
        return _("; ").join(
            words % {"term": term, "purposes": _(", ").join(use.name for use in uses)}
            for term, uses in self.terms
        )


@dataclass(frozen=True, slots=True)
class Register:
    """Every field in force, by level and form order, and when its holders were counted."""

    at: datetime
    counted_at: datetime
    entries: tuple[Entry, ...]

    @property
    def unconfirmed(self) -> int:
        """How many fields still stand on the shipped defaults."""
        return sum(not entry.spec.confirmed for entry in self.entries)

    @property
    def overdue(self) -> int:
        """How many fields were to be looked at again before now."""
        return sum(entry.review.overdue for entry in self.entries)

    def by_level(self, level: int) -> tuple[Entry, ...]:
        """Return the fields of one level."""
        return tuple(entry for entry in self.entries if entry.spec.level == level)


def register(at: datetime, holders: Holders) -> Register:
    """Return the register of a time, in a constant number of queries however many fields there are."""
    known, in_force, reviewed = catalogue(at), purposes(at), reviews(at)
    signed = _signatures(at)
    entries = (
        _entry(
            spec,
            known,
            in_force,
            holders=None if spec.level >= ELSEWHERE else holders.customers.get(spec.code, 0),
            review=reviewed[spec.code],
            signatures=signed.get(spec.code, ()),
        )
        for spec in sorted(known.fields, key=lambda spec: spec.level)
    )
    return Register(at, holders.at, tuple(entries))


def _entry(
    spec: FieldSpec,
    known: Catalogue,
    in_force: Mapping[str, PurposeSpec],
    *,
    holders: int | None,
    review: Review,
    signatures: tuple[Signed, ...],
) -> Entry:
    needing = (in_force[code] for code in in_force if code in spec.purposes)
    return Entry(
        spec=spec,
        category=str(dict(categories()).get(spec.category, spec.category)),
        kind=kind_words(spec.kind),
        search=str(dict(indexes()).get(spec.index, spec.index)),
        base=known.get(spec.base[0]).name if spec.derived_from else "",
        uses=tuple(Use(purpose, purpose.needs(spec.code)) for purpose in needing),
        holders=holders,
        review=review,
        signatures=signatures,
    )


def _signatures(at: datetime) -> dict[str, tuple[Signed, ...]]:
    """Return who signed the version in force of each field, in three queries."""
    rows = FieldVersion.objects.in_force(at).exclude(proposal=None).values_list("field_id", "proposal")
    proposals: dict[str, UUID] = {field: proposal for field, proposal in rows if proposal is not None}
    given = Signature.objects.filter(proposal__in=proposals.values(), answer=APPROVE).order_by("at")
    by_proposal: dict[UUID, list[Signature]] = defaultdict(list)
    for one in given:
        by_proposal[one.proposal_id].append(one)
    people = _names(one.signer_id for one in given)
    return {
        field: tuple(
            Signed(
                name=people.get(one.signer_id, one.signer_number),
                seat=str(NAMES.get(one.seat, one.seat)),
                at=one.at,
            )
            for one in by_proposal[proposal]
        )
        for field, proposal in proposals.items()
    }


def _names(ids: Iterable[UUID]) -> dict[UUID, str]:
    return {person.pk: str(person) for person in Person.objects.filter(pk__in=set(ids))}
