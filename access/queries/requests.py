"""Usage requests before and after they are signed: checked, listed, and compared with what was used of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from access.consents import OPENS, Saying
from access.grants import GONE, OUTPUTS, Granting, Scope, state_of
from access.models import GrantUse, UsageRequest
from access.models.requests import MOST_CUSTOMERS, SCENARIOS
from access.queries import consents as of_customers
from access.queries.consents import Consents
from access.queries.grants import KIND, scopes
from access.requests import L4, LONGEST, LONGEST_REASON, Checked, Draft
from approvals.models import APPROVE, Proposal, Signature
from approvals.queries import may_sign
from classification.purposes import PurposeSpec, purposes_for
from classification.queries import FieldSpec, catalogue
from customers.models import Customer
from customers.problems import Problem
from customers.queries import visible_to
from staff.permissions import may
from staff.queries import people_led_by
from trail.actor import Actor

NEVER = Saying.NOT_ASKED
TENTH = 10
"""A request of which less than a tenth was used is pointed out at the next one (S0-34)."""
LOOKED_BACK = timedelta(days=180)
SHOWN_AFTER = timedelta(days=30)
"""So long a grant that is over stands before those who signed it, with what was used of it."""


def check(draft: Draft, *, by: Actor, at: datetime) -> Checked:
    """Tell what a draft would come to: whom it reaches, what consent says, and what stands against it."""
    allowed = {one.code: one for one in purposes_for(by.roles, at)}
    purpose = allowed.get(draft.purpose)
    known = catalogue(at)
    specs = [known.get(code) for code in draft.fields if code in known]
    found = list(
        visible_to(by, at).select_related("portfolio").filter(ref__in=draft.customers[: MOST_CUSTOMERS + 1])
    )
    consents = of_customers.load(by, found, purpose.code if purpose else "", at)
    said = {one.ref: _worst(one, specs, consents) for one in found}
    refused = {ref for ref, saying in said.items() if saying in GONE}
    without = {ref for ref, saying in said.items() if saying not in OPENS and saying != NEVER} - refused
    excluded = without if draft.exclude or consents.for_business else set()
    kept = [one for one in found if one.ref not in refused | excluded]
    return Checked(
        draft=draft,
        customers=tuple(sorted((one.ref for one in kept), key=str)),
        tiers=frozenset(one.tier for one in kept),
        level=max((spec.level for spec in specs), default=1),
        out_of_reach=len(set(draft.customers)) - len(found),
        without_consent=len(without - excluded),
        refused=len(refused),
        excluded=len(excluded),
        sayings=Counter(saying for saying in said.values() if saying != NEVER),
        problems=(
            *_problems(draft, purpose, specs, at),
            *_about_customers(draft, len(kept), len(without - excluded)),
        ),
    )


def _worst(customer: Customer, specs: Sequence[FieldSpec], consents: Consents) -> Saying:
    """Return what consent says to the field that it opens least; NEVER where no field asks it."""
    if consents.purpose is None:
        return NEVER
    said = [consents.says(customer, spec).saying for spec in specs]
    return max((one for one in said if one != NEVER), key=_weight, default=NEVER)


def _weight(saying: Saying) -> int:
    return 2 if saying in GONE else 0 if saying in OPENS else 1


def _problems(
    draft: Draft, purpose: PurposeSpec | None, specs: Sequence[FieldSpec], at: datetime
) -> list[Problem]:
    problems = []
    if purpose is None:
        problems.append(Problem("purpose", "unknown_purpose"))
    if not draft.fields or len(specs) != len(draft.fields):
        problems.append(Problem("fields", "unknown_field"))
    for spec in specs:
        if spec.level >= L4:
            problems.append(Problem("fields", "held_apart", {"field": spec.name}))
        elif purpose is not None and spec.code not in purpose.fields:
            problems.append(Problem("fields", "not_needed", {"field": spec.name, "purpose": purpose.name}))
    if draft.scenario not in SCENARIOS:
        problems.append(Problem("scenario", "unknown_scenario"))
    if draft.output not in OUTPUTS:
        problems.append(Problem("output", "unknown_output"))
    if not draft.starts_at < draft.ends_at or draft.ends_at <= at:
        problems.append(Problem("ends_at", "ends_before"))
    elif draft.ends_at - max(draft.starts_at, at) > LONGEST:
        problems.append(Problem("ends_at", "too_long", {"days": LONGEST.days}))
    if draft.uses is not None and draft.uses < 1:
        problems.append(Problem("uses", "too_few"))
    if not draft.reason.strip():
        problems.append(Problem("reason", "required"))
    elif len(draft.reason) > LONGEST_REASON:
        problems.append(Problem("reason", "too_much", {"limit": LONGEST_REASON}))
    return problems


def _about_customers(draft: Draft, kept: int, unjustified: int) -> list[Problem]:
    if len(draft.customers) > MOST_CUSTOMERS:
        return [Problem("customers", "too_many", {"most": MOST_CUSTOMERS})]
    if not kept:
        return [Problem("customers", "nobody_left" if draft.customers else "nobody")]
    if unjustified and not draft.justification.strip():
        return [Problem("justification", "required", {"count": unjustified})]
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A usage request with what it is worth at a time. `scope` is None once it was refused, withdrawn or let lapse."""

    row: UsageRequest
    scope: Scope | None
    at: datetime

    @property
    def state(self) -> Granting:
        """What it is now; NONE where nobody approved it and nobody will."""
        return state_of(self.scope, self.at) if self.scope else Granting.NONE

    @property
    def live(self) -> bool:
        """Whether it opens anything now."""
        return self.state == Granting.LIVE

    @property
    def share(self) -> int:
        """How much of what it allows was used, in percent."""
        return round(100 * self.scope.used / self.scope.uses) if self.scope else 0


def with_state(rows: Sequence[UsageRequest], at: datetime) -> list[Asked]:
    """Return requests with what they are worth; two queries, whatever their number."""
    found = {one.request: one for one in scopes(at, requests=[row.pk for row in rows])} if rows else {}
    return [Asked(row=row, scope=found.get(row.pk), at=at) for row in rows]


def of_person(person: UUID | None, at: datetime, *, limit: int = 50) -> list[Asked]:
    """Return a person's requests, newest first; what was narrowed is told by what it was narrowed to."""
    if person is None:
        return []
    rows = UsageRequest.objects.filter(applicant_id=person, narrowed=None)
    return with_state(list(rows[:limit]), at)


def of_team(actor: Actor, at: datetime, *, limit: int = 50) -> list[Asked]:
    """Return the requests that are in force or to come, of the people for whom the actor answers."""
    people = [one for one in people_led_by(actor, at) if one != actor.id]
    rows = UsageRequest.objects.filter(applicant_id__in=people, ends_at__gt=at)
    found = with_state(list(rows.order_by("ends_at")[:limit]), at)
    return [one for one in found if one.state in (Granting.LIVE, Granting.NOT_STARTED)]


def signed_and_over(actor: Actor, at: datetime, *, limit: int = 20) -> list[Asked]:
    """Return the grants that the actor signed and that are over lately, newest first: what was used of them (S0-34)."""
    if actor.id is None:
        return []
    signed = Signature.objects.filter(signer_id=actor.id, answer=APPROVE, proposal__kind=KIND)
    since = at - SHOWN_AFTER
    rows = UsageRequest.objects.filter(
        Q(ends_at__gt=since, ends_at__lte=at) | Q(revocation__at__gt=since, revocation__at__lte=at),
        proposal__in=signed.values("proposal"),
    )
    found = with_state(list(rows.order_by("-ends_at", "-number")[:limit]), at)
    return [one for one in found if one.scope and one.scope.approved_by]


def for_customer(actor: Actor, customer: UUID, at: datetime) -> list[Asked]:
    """Return the actor's live grants that name a customer, the first to end first: for the countdown."""
    if actor.id is None:
        return []
    rows = UsageRequest.objects.filter(
        applicant_id=actor.id, customers__contains=[customer], starts_at__lte=at, ends_at__gt=at
    )
    return [one for one in with_state(list(rows.order_by("ends_at")[:10]), at) if one.live]


def visible(actor: Actor, id: UUID, at: datetime) -> Asked | None:
    """Return a request that the actor asked, signed, may sign, answers for, or may revoke; None otherwise."""
    row = UsageRequest.objects.filter(pk=id).first()
    if row is None or not _concerns(actor, row, at):
        return None
    return with_state([row], at)[0]


def may_revoke(actor: Actor, row: UsageRequest) -> bool:
    """Return whether the actor may end a grant: whoever signed it, its holder, or a data security officer."""
    if actor.id is None:
        return False
    return (
        may(actor, "request.revoke")
        or row.applicant_id == actor.id
        or Signature.objects.filter(proposal=row.proposal, signer_id=actor.id, answer=APPROVE).exists()
    )


def _concerns(actor: Actor, row: UsageRequest, at: datetime) -> bool:
    if actor.id is None:
        return False
    if may_revoke(actor, row) or row.applicant_id in people_led_by(actor, at):
        return True
    if Signature.objects.filter(proposal=row.proposal, signer_id=actor.id).exists():
        return True
    proposal = proposal_of(row)
    return proposal is not None and may_sign(actor, proposal, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class UseOf:
    """One field of a request: how many customers it was asked for, and for how many it was used."""

    field: str
    asked: int
    used: int


def use_against(row: UsageRequest) -> list[UseOf]:
    """Return by field what was asked and what was used (S0-34); one query."""
    used = dict(
        GrantUse.objects.filter(request=row)
        .values_list("field")
        .annotate(Count("customer", distinct=True))
        .order_by()
    )
    return [
        UseOf(field=code, asked=len(row.customers), used=used.get(code, 0)) for code in sorted(row.fields)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What a signer should know of an applicant: requests of the last half year, and those hardly used."""

    asked: int
    approved: int
    hardly_used: tuple[Asked, ...]
    never_used: int


def history_of(applicant: UUID, at: datetime, *, but: UUID | None = None) -> History:
    """Return what became of an applicant's earlier requests (S0-34)."""
    rows = UsageRequest.objects.filter(applicant_id=applicant, asked_at__gt=at - LOOKED_BACK, narrowed=None)
    found = with_state([row for row in rows[:100] if row.pk != but], at)
    ended = [one for one in found if one.scope and one.scope.approved_by and one.row.ends_at <= at]
    hardly = [one for one in ended if one.scope and one.scope.used * TENTH < one.scope.uses]
    return History(
        asked=len(found),
        approved=sum(1 for one in found if one.scope and one.scope.approved_by),
        hardly_used=tuple(hardly),
        never_used=sum(1 for one in hardly if one.scope and not one.scope.used),
    )


def others_with(row: UsageRequest, at: datetime) -> list[Asked]:
    """Return the live grants of others that show one of the same fields of one of the same customers."""
    rows: QuerySet[UsageRequest] = UsageRequest.objects.filter(
        customers__overlap=row.customers, fields__overlap=row.fields, starts_at__lte=at, ends_at__gt=at
    )
    return [one for one in with_state(list(rows.exclude(applicant_id=row.applicant_id)[:50]), at) if one.live]


def proposals_of(rows: Sequence[UsageRequest]) -> dict[UUID, Proposal]:
    """Return the proposals that carry the signatures of requests, by their id; two queries, and none for none."""
    if not rows:
        return {}
    found = Proposal.objects.prefetch_related("signatures").filter(pk__in=[row.proposal for row in rows])
    return {one.pk: one for one in found}


def proposal_of(row: UsageRequest) -> Proposal | None:
    """Return the proposal that carries the signatures of a request."""
    return proposals_of([row]).get(row.proposal)
