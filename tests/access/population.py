"""Customers and usage requests for a whole matrix, built in bulk: every consent × grant state × tier, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import product
from uuid import UUID, uuid4

from django.contrib.auth.models import Permission

from access.grants import Scope
from access.models import GrantUse, Revocation, UsageRequest
from access.queries.grants import KIND
from access.services.requests import content_of
from approvals.models import APPROVE, Proposal, Signature
from approvals.services import hash_of
from classification.queries import catalogue
from consent.models import ConsentRecord
from customers.models import SERVE_CUSTOMER, TIERS, VIP, Customer, CustomerPersonPermission
from staff.acting import person_of
from tests.access.cast import VALUES, Cast
from tests.access.test_matrix import CONSENTS, GRANTS, NOW, OTHER
from tests.consent.builders import YEAR, Answering, published
from trail.actor import Actor
from vault.keyring import make_keys
from vault.place import Place
from vault.sealing import seal

FIELDS = ("member_level", "full_name", "mobile", "email")
"""L1, L2, an L3 that the requests name, and an L3 that only the one for another field names."""
MANY = 999
PURPOSE_OF = {"handling": "service", "quality": "complaint"}
"""The pure matrix speaks of some purpose and of another one; these two exist and are bound to those who serve."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a customer stands for; `grant` is the state of the one request of each person that names the customer."""

    consent: str
    grant: str
    tier: str


@dataclass
class Population:
    """One customer for each case, and for each applicant one request for each grant state."""

    cast: Cast
    cases: dict[UUID, Case] = field(default_factory=dict)
    requests: dict[tuple[UUID | None, str], UUID] = field(default_factory=dict)

    def fill(self, applicants: Sequence[Actor], signer: Actor) -> None:
        """Make customers, consents and requests; a hundred rows a statement."""
        cases = [Case(*one) for one in product(CONSENTS, GRANTS, TIERS)]
        self.cases = {uuid4(): case for case in cases}
        self._customers()
        self._consents(signer)
        rows = [
            (one, state, self._request(one, state))
            for one in applicants
            for state in GRANTS
            if GRANTS[state][0]
        ]
        for applicant, state, (row, *_rest) in rows:
            self.requests[applicant.id, state] = row.pk
        made = [built for _applicant, _state, built in rows]
        Proposal.objects.bulk_create([proposal for _row, proposal, *_rest in made])
        UsageRequest.objects.bulk_create([row for row, *_rest in made])
        Signature.objects.bulk_create(
            [one for *_others, signatures, _uses, _ended in made for one in signatures]
        )
        GrantUse.objects.bulk_create([one for *_others, uses, _ended in made for one in uses])
        Revocation.objects.bulk_create([one for *_others, ended in made for one in ended])

    def assign(self, person: Actor, refs: Sequence[UUID]) -> None:
        """Let a person serve single customers."""
        permission = Permission.objects.get(codename=SERVE_CUSTOMER, content_type__app_label="customers")
        CustomerPersonPermission.objects.bulk_create(
            CustomerPersonPermission(user=person_of(person), content_object=one, permission=permission)
            for one in Customer.objects.filter(ref__in=refs)
        )

    def vips(self, consent: str) -> list[UUID]:
        """Return the customers of the highest tier with this consent."""
        return [ref for ref, case in self.cases.items() if case.tier == VIP and case.consent == consent]

    def _customers(self) -> None:
        at, known = self.cast.at, catalogue(self.cast.at)
        keys = make_keys(list(self.cases), "L3", at=at)
        held = {code: VALUES[code] for code in FIELDS}
        Customer.objects.bulk_create(
            Customer(
                ref=ref,
                number=f"M{number:05d}",
                portfolio=self.cast.portfolios["north"],
                tier=case.tier,
                open={code: text for code, text in held.items() if not known.get(code).sealed},
                sealed={
                    code: seal(text, Place(ref, "L3", code, 3), keys)
                    for code, text in held.items()
                    if known.get(code).sealed
                },
                created_at=at,
                updated_at=at,
            )
            for number, (ref, case) in enumerate(self.cases.items())
        )

    def _consents(self, by: Actor) -> None:
        """Let one subject answer through the service, and everybody else as that one did."""
        at = self.cast.at
        once = Answering(published(at - YEAR, "service", "complaint"), by)
        yes = once.record(True, at=at - timedelta(days=9), separate=True)
        no = replace(once, subject=uuid4()).record(False, at=at - timedelta(days=8))
        said = {"given": (yes,), "withdrawn": (yes, no), "none": ()}
        columns = [one.attname for one in ConsentRecord._meta.concrete_fields]
        plain = [name for name in columns if name not in {"id", "ref", "subject", "recorded_at"}]
        ConsentRecord.objects.bulk_create(
            ConsentRecord(subject=ref, **{name: getattr(like, name) for name in plain})
            for ref, case in self.cases.items()
            for like in said[case.consent]
        )

    def _request(
        self, applicant: Actor, state: str
    ) -> tuple[UsageRequest, Proposal, list[Signature], list[GrantUse], list[Revocation]]:
        scope = GRANTS[state][0]
        assert scope is not None
        at, row = self.cast.at, self._row(applicant, state, scope)
        content = content_of(row)
        if not scope.sound:
            row.uses += 1  # after what was signed
        waits = scope.approved_by is None
        proposal = Proposal(
            id=row.proposal,
            kind=KIND,
            content=content,
            content_hash=hash_of(KIND, content),
            proposer_id=row.applicant_id,
            proposer_number=row.applicant_number,
            proposed_at=at - timedelta(days=2),
            expires_at=at + timedelta(days=9),
            applied_at=None if waits else at - timedelta(days=1),
        )
        signers = [row.applicant_id if one == scope.applicant else one for one in scope.approved_by or ()]
        signatures = [
            Signature(
                proposal=proposal,
                seat=f"seat {place}",
                signer_id=one,
                signer_number="S",
                answer=APPROVE,
                content_hash=proposal.content_hash,
                at=at - timedelta(days=1),
            )
            for place, one in enumerate(signers)
        ]
        used = scope.used if scope.used == scope.uses else 0
        uses = [
            GrantUse(request=row, customer=row.customers[0], field="mobile", event=1, at=at)
            for _ in range(used)
        ]
        ended = scope.revoked_at
        gone = (
            [Revocation(request=row, by_id=uuid4(), by_number="S", reason=uuid4(), at=self._moved(ended))]
            if ended
            else []
        )
        return row, proposal, signatures, uses, gone

    def _row(self, applicant: Actor, state: str, scope: Scope) -> UsageRequest:
        named = [ref for ref, case in self.cases.items() if case.grant == state]
        if state == "other customer":
            named = [uuid4()]
        somebody = OTHER if scope.applicant == OTHER else person_of(applicant).pk
        return UsageRequest(
            id=uuid4(),
            proposal=uuid4(),
            applicant_id=somebody,
            applicant_number=applicant.number,
            applicant_name=applicant.name,
            department="north",
            purpose=PURPOSE_OF[scope.purpose] if scope.purpose_lives else "gone_since",
            fields=sorted(scope.fields),
            customers=sorted(named, key=str),
            tiers=sorted(scope.tiers),
            level=3,
            selection="list",
            starts_at=self._moved(scope.starts_at),
            ends_at=self._moved(scope.ends_at),
            output="export",
            uses=scope.uses if scope.used == scope.uses else 1 if state == "last use left" else MANY,
            without_consent=0,
            reason=uuid4(),
            justification=uuid4() if scope.justified else None,
            asked_at=self.cast.at,
            scenario="service",
        )

    def _moved(self, moment: datetime) -> datetime:
        """Give a moment of the pure matrix the same distance from now."""
        return self.cast.at + (moment - NOW)
