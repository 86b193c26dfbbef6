"""What usage requests say to the reads of one page: one query, two where there are any, however many customers."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from access.consents import Says
from access.grants import NO_GRANT, Held, Scope, held
from access.queries.consents import Consents
from approvals.services import hash_of
from classification.purposes import purposes
from classification.queries import FieldSpec
from customers.models import Customer
from trail.actor import Actor
from trail.questions import Question, Rows, ask

KIND = "usage.request"
TOLD_FOR = timedelta(days=30)
"""So long a read is told that a request for it has ended."""
SIGNED = (
    "applicant_id",
    "applicant_number",
    "department",
    "purpose",
    "scenario",
    "fields",
    "tiers",
    "level",
    "selection",
    "starts_at",
    "ends_at",
    "output",
    "uses",
    "without_consent",
    "reason",
    "justification",
    "attachments",
)
"""The columns of a request whose digest is signed, besides its id and its customers."""


@dataclass(frozen=True, slots=True)
class Grants:
    """The usage requests of one person that name some of these customers."""

    scopes: tuple[Scope, ...]
    actor: Actor
    consents: Consents
    at: datetime

    def held(self, customer: Customer, spec: FieldSpec, said: Says) -> Held:
        """Return what the nearest request says to reading this field of this customer."""
        if not self.scopes or self.consents.purpose is None:
            return NO_GRANT
        return held(
            self.scopes,
            reader=self.actor.id,
            customer=customer.ref,
            field=spec.code,
            tier=customer.tier,
            purpose=self.consents.purpose.code,
            said=said.saying,
            for_business=self.consents.for_business,
            at=self.at,
        )

    def unused(self, request: UUID) -> Grants:
        """Return this one request as it was before its first use, and no other."""
        return replace(
            self, scopes=tuple(replace(one, used=0) for one in self.scopes if one.request == request)
        )


def asked(actor: Actor, customers: Sequence[Customer], at: datetime) -> Question[tuple[Scope, ...]]:
    """Ask for the requests of the actor that name these customers."""
    return _asked(at, applicant=actor.id, naming=[one.ref for one in customers])


def scopes(
    at: datetime,
    *,
    applicant: UUID | None = None,
    naming: Collection[UUID] | None = None,
    requests: Collection[UUID] | None = None,
) -> tuple[Scope, ...]:
    """Return requests that wait or were approved, newest first, with everything that decides what they are worth.

    :param applicant: of this person only, and none that ended long ago.
    :param naming: those that name one of these customers; `Scope.customers` are then these alone.
    :param requests: these requests, whenever they ended.
    """
    return ask(_asked(at, applicant=applicant, naming=naming, requests=requests))


def _asked(
    at: datetime,
    *,
    applicant: UUID | None = None,
    naming: Collection[UUID] | None = None,
    requests: Collection[UUID] | None = None,
) -> Question[tuple[Scope, ...]]:
    given = {
        "at": at,
        "applicant": applicant,
        "since": at - TOLD_FOR,
        "naming": list(naming or ()),
        "any_customer": naming is None,
        "requests": list(requests or ()),
        "any_request": requests is None,
    }
    return Question(_SCOPES, given, lambda rows: _scopes(rows, at))


def _scopes(rows: Rows, at: datetime) -> tuple[Scope, ...]:
    if not rows:
        return ()
    live = {purpose.code: purpose.fields for purpose in purposes(at).values()}
    return tuple(_scope(dict(zip(_COLUMNS, row, strict=True)), live) for row in rows)


def digest(id: UUID, signed: Mapping[str, Any], customers: str, count: int) -> str:
    """Return the digest of a request that its proposal carries, so that signatures are of exactly this request.

    :param signed: the columns named in SIGNED.
    :param customers: SHA-256 of the sorted customers, in hex, as `digest_of_customers` gives it.
    """
    plain = {name: signed[name] for name in SIGNED}
    written = json.dumps(
        {"id": str(id), "customers": customers, "count": count, **plain},
        sort_keys=True,
        separators=(",", ":"),
        default=_plain,
    )
    return sha256(written.encode()).hexdigest()


def digest_of_customers(customers: Collection[UUID]) -> str:
    """Return the SHA-256 of the sorted customers, in hex; the database computes the same."""
    return sha256(",".join(sorted(map(str, customers))).encode()).hexdigest()


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _scope(row: Mapping[str, Any], live: Mapping[str, Collection[str]]) -> Scope:
    fields = frozenset(row["fields"])
    return Scope(
        request=row["id"],
        number=row["number"],
        applicant=row["applicant_id"],
        purpose=row["purpose"],
        fields=fields,
        customers=frozenset(row["named"]),
        tiers=frozenset(row["tiers"]),
        output=row["output"],
        starts_at=row["starts_at"],
        # A permission review may end it sooner: by a decision, or by silence at its deadline.
        ends_at=min(row["ends_at"], row["reviewed_until"] or row["ends_at"]),
        uses=row["uses"],
        used=row["used"],
        approved_by=frozenset(row["signers"]) if row["applied_at"] else None,
        sound=_sound(row),
        purpose_lives=fields <= set(live.get(row["purpose"], ())),
        justified=row["justification"] is not None,
        revoked_at=row["revoked_at"],
    )


def _sound(row: Mapping[str, Any]) -> bool:
    """Tell whether what was signed is what lies there now. SECURITY: an edited request has no approval."""
    content = json.loads(row["content"]) if isinstance(row["content"], str) else row["content"]
    signed = hash_of(KIND, content)
    return (
        {row["content_hash"], *row["signed"]} == {signed}
        and content.get("request") == str(row["id"])
        and content.get("digest") == digest(row["id"], row, row["customers_digest"], row["count"])
    )


_SCOPES = """
select asked.id, asked.number, asked.applicant_id, asked.applicant_number, asked.department, asked.purpose,
  asked.scenario, asked.fields, asked.tiers, asked.level, asked.selection, asked.starts_at, asked.ends_at,
  asked.output, asked.uses, asked.without_consent, asked.reason, asked.justification, asked.attachments,
  case when %(any_customer)s then asked.customers
    else array(select one from unnest(asked.customers) one where one = any(%(naming)s::uuid[])) end as named,
  cardinality(asked.customers) as count,
  encode(sha256(convert_to(array_to_string(asked.customers, ','), 'UTF8')), 'hex') as customers_digest,
  proposal.content::text as content, proposal.content_hash, proposal.applied_at,
  array(select signer_id from approvals_signature
    where proposal_id = proposal.id and answer = 'approve') as signers,
  array(select content_hash from approvals_signature where proposal_id = proposal.id) as signed,
  ended.at as revoked_at,
  (select min(case item.decision when '' then review.deadline when 'narrow' then item.until
      when 'revoke' then item.decided_at end)
    from access_reviewitem item join access_permissionreview review on review.id = item.review_id
    where item.kind = 'grant' and item.key = asked.id::text) as reviewed_until,
  (select count(*) from access_grantuse where request_id = asked.id) as used
from access_usagerequest asked join approvals_proposal proposal on proposal.id = asked.proposal
left join access_revocation ended on ended.request_id = asked.id
where (%(any_request)s or asked.id = any(%(requests)s::uuid[]))
  and (%(applicant)s::uuid is null or (asked.applicant_id = %(applicant)s and asked.ends_at > %(since)s))
  and (%(any_customer)s or asked.customers && %(naming)s::uuid[])
  and proposal.withdrawn_at is null and (proposal.applied_at is not null or proposal.expires_at > %(at)s)
  and not exists (select from approvals_signature where proposal_id = proposal.id and answer = 'refuse')
order by asked.number desc"""
_COLUMNS = (
    "id", "number", "applicant_id", "applicant_number", "department", "purpose", "scenario", "fields", "tiers",
    "level", "selection", "starts_at", "ends_at", "output", "uses", "without_consent", "reason", "justification",
    "attachments", "named", "count", "customers_digest", "content", "content_hash", "applied_at", "signers", "signed",
    "revoked_at", "reviewed_until", "used",
)  # fmt: skip
