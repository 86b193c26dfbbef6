"""What was written about erased customers in requests and proposals: its keys go with the last customer it names."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection

from access.models import Revocation, UsageRequest
from approvals.models import Proposal, Signature
from customers.models import Customer
from customers.together import OneOf


def texts_about(refs: Collection[UUID]) -> set[UUID]:
    """Return the sealed texts of requests and proposals that name these customers and nobody who is still here."""
    requests = list(UsageRequest.objects.filter(pk__in=_ids(_REQUESTS, refs)))
    proposals = list(Proposal.objects.filter(pk__in=_ids(_PROPOSALS, refs)))
    living = _living({*(ref for one in requests for ref in one.customers), *_named(proposals)})
    over = [one for one in requests if not living & set(one.customers)]
    signed = {one.pk for one in proposals if not living & _named([one])} | {one.proposal for one in over}
    return {
        text
        for text in (
            *(one.reason for one in over),
            *(one.justification for one in over),
            *Revocation.objects.filter(request__in=over).values_list("reason", flat=True),
            *Proposal.objects.filter(pk__in=signed).values_list("reason", flat=True),
            *Signature.objects.filter(proposal__in=signed).values_list("reason", flat=True),
        )
        if text
    }


def _named(proposals: Iterable[Proposal]) -> set[UUID]:
    found = set[UUID]()
    for one in proposals:
        named = [*one.content.get("customers", ()), one.content.get("customer")]
        found |= {UUID(ref) for ref in named if ref}
    return found


def _living(refs: Collection[UUID]) -> set[UUID]:
    return set(Customer.objects.filter(OneOf("ref", refs)).values_list("ref", flat=True))


def _ids(statement: str, refs: Collection[UUID]) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"refs": f"{{{','.join(map(str, refs))}}}"})
        return [id for (id,) in cursor.fetchall()]


_REQUESTS = "select id from access_usagerequest where customers && %(refs)s::uuid[]"
_PROPOSALS = """
select id from approvals_proposal
where content ->> 'customer' = any(%(refs)s::text[]) or content -> 'customers' ?| %(refs)s::text[]"""
