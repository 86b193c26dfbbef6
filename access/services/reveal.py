"""Reveal one value: decide, record, commit, and only then open (architecture.md §5, laws 1 and 3)."""

from dataclasses import dataclass
from dataclasses import field as column
from datetime import datetime
from uuid import UUID

from django.db import transaction

from access import events, uses
from access.models import ReasonGiven
from access.policy import FOLD_SECONDS, Decision, Step
from access.queries import cards, point
from access.queries.dealing import dealing
from access.services import budgets
from classification.queries import FieldSpec, field_at
from customers import queries as customers
from customers.models import Contact, Customer
from customers.services import contacts
from files import services as files
from trail import exposed
from trail import services as trail
from trail.actor import Actor
from trail.exposed import Exposed
from trail.receipts import Receipt
from vault import keyring
from vault.opening import open_clear

LONGEST_REASON = 500


class Refused(Exception):
    """The rules refuse, and the trail has it already. `decision` says which rule and what would help.

    `level` is that of the value that was asked for, where it was to be shown.
    """

    def __init__(self, decision: Decision, level: int = 0) -> None:
        super().__init__(decision.why.value)
        self.decision = decision
        self.level = level


class ReasonNeeded(Refused):
    """Nothing but a reason is missing: the page asks for it. Not a refusal, so not in the trail."""


class ReasonTooLong(ValueError):
    """A reason is one line of at most 500 characters."""


class NothingHeld(LookupError):
    """The customer has no value in this field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    """One clear value for the screen, for `seconds`; its representation shows nothing."""

    customer: UUID
    field: str
    label: str
    level: int
    text: str = column(repr=False)
    event: int
    decision: Decision
    seconds: int = FOLD_SECONDS


def reveal(ref: UUID, field: str, *, reason: str = "", by: Actor, at: datetime) -> Revealed:
    """Show one value in the clear, inside a contact, with a reason that counts for the whole contact.

    :raises Customer.DoesNotExist: out of reach or nonexistent, which are the same.
    :raises classification.queries.UnknownField: the catalogue has no such field.
    :raises NothingHeld: the customer has no value there.
    :raises ReasonTooLong: nothing was decided yet.
    :raises ReasonNeeded: everything else is met; ask for the reason.
    :raises Refused: after the refusal is recorded.
    :raises access.services.budgets.OverBudget: after the refusal is recorded.
    :raises trail.services.TrailUnavailable: the trail refuses, so nothing is shown.
    :raises vault.opening.CannotOpen: the value does not open, because its key was destroyed, say.
    """
    reason = " ".join(reason.split())
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong
    customer = customers.visible_to(by, at).get(ref=ref)
    spec = cards.as_held(customer, field_at(field, at))
    if not (cards.held_sealed(customer, spec) or cards.held_text(customer, spec)):
        raise NothingHeld(field)
    decision, receipt = _decide_and_record(customer, spec, reason, by, at)
    if receipt is None:
        raise Refused(decision, spec.level)
    return opened(customer, spec, decision, receipt)


def opened(customer: Customer, spec: FieldSpec, decision: Decision, receipt: Receipt) -> Revealed:
    """Open one value whose showing is on disk: the end of a reveal, ordinary or in an emergency.

    :param spec: as the customer's value is held (`cards.as_held`).
    :raises vault.opening.CannotOpen: the value does not open, because its key was destroyed, say.
    """
    if sealed := cards.held_sealed(customer, spec):
        keys = keyring.keys_for([customer.ref], cards.DOMAIN)
        shown = open_clear(sealed, cards.place_of(customer, spec), keys, receipt)
    else:
        shown = spec.shown(cards.held_text(customer, spec))
    return Revealed(
        customer=customer.ref,
        field=spec.code,
        label=spec.label,
        level=spec.level,
        text=shown,
        event=receipt.event,
        decision=decision,
    )


def _decide_and_record(
    customer: Customer, spec: FieldSpec, reason: str, by: Actor, at: datetime
) -> tuple[Decision, Receipt | None]:
    """Decide and record in one transaction; the caller raises and opens after it has ended."""
    with budgets.refusals_recorded(by=by, at=at), transaction.atomic(durable=True):
        contact, given = dealing(by.id, customer.pk, at)
        decision = decide_inside(customer, spec, contact, given is not None or bool(reason), by, at)
        if not decision.clear:
            if decision.next_step == Step.GIVE_REASON:
                raise ReasonNeeded(decision)
            record_refusal(customer, spec, decision, contact, by=by, at=at)
            return decision, None
        budgets.spend_clear([customer], level=spec.level, by=by, at=at)
        if contact is not None:
            contacts.act(contact.pk, customer=customer, by=by, at=at)
            if given is None and reason:
                given = _keep_reason(contact, customer, reason, by, at)
        receipt = _record_reveal(customer, spec, decision, contact, given, by, at)
        if decision.by_grant and decision.grant.request is not None:
            uses.use(decision.grant.request, {customer.ref: (spec.code,)}, event=receipt.event, at=at)
        return decision, receipt


def decide_inside(
    customer: Customer, spec: FieldSpec, contact: Contact | None, reasoned: bool, by: Actor, at: datetime
) -> Decision:
    """Decide about one field inside this contact; a grant that opens it is locked, so that its uses are exact."""
    decision = _check(customer, spec, contact, reasoned, by, at)
    if decision.by_grant and decision.grant.request is not None:
        # Uses and revocations wait here for each other, and whoever waited looks again.
        uses.lock(decision.grant.request)
        decision = _check(customer, spec, contact, reasoned, by, at)
    return decision


def _check(
    customer: Customer, spec: FieldSpec, contact: Contact | None, reasoned: bool, by: Actor, at: datetime
) -> Decision:
    return point.check(
        by,
        customer,
        spec,
        at,
        in_contact=contact is not None,
        with_reason=reasoned,
        purpose=contact.purpose if contact else "",
    )


def _keep_reason(contact: Contact, customer: Customer, reason: str, by: Actor, at: datetime) -> UUID:
    text = files.put_text(reason, about="reveal.reason", subject=customer.ref, by=by, at=at)
    given, _ = ReasonGiven.objects.get_or_create(contact=contact, defaults={"text": text, "at": at})
    return given.text


def record_refusal(
    customer: Customer,
    spec: FieldSpec,
    decision: Decision,
    contact: Contact | None,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Record that the rules refused one value, ordinarily or in an emergency."""
    trail.record(
        events.REVEAL_REFUSED,
        by=by,
        at=at,
        facts={
            "field": spec.code,
            "level": spec.level,
            "why": decision.why.value,
            "missing": list(decision.missing),
            "consent": decision.consent.saying.value,
            "grant": decision.grant.state.value,
        },
        exposures=[
            Exposed(
                customer=customer.ref,
                act=exposed.REFUSED,
                portfolio=customer.portfolio.code,
                region=customer.portfolio.region,
            )
        ],
        decision=decision.view,
        rule=decision.rule,
        rule_version=decision.rule_version,
        purpose=contact.purpose if contact else "",
        contact=contact.id if contact else None,
    )


def record_own_consent(
    customer: Customer, spec: FieldSpec, decision: Decision, *, by: Actor, at: datetime
) -> None:
    """Alarm where somebody uses a value on a consent that the same person captured; part of the act that uses it."""
    if decision.consent.opens and not decision.by_grant and by.id == decision.consent.captured_by:
        facts = {"field": spec.code, "record": str(decision.consent.record), "customer": str(customer.ref)}
        trail.record(events.OWN_CONSENT_USED, by=by, at=at, facts=facts)


def _record_reveal(
    customer: Customer,
    spec: FieldSpec,
    decision: Decision,
    contact: Contact | None,
    given: UUID | None,
    by: Actor,
    at: datetime,
) -> Receipt:
    record_own_consent(customer, spec, decision, by=by, at=at)
    return trail.record(
        events.FIELD_REVEALED,
        by=by,
        at=at,
        facts={
            "field": spec.code,
            "level": spec.level,
            "reason": str(given or ""),
            "ground": decision.ground,
        },
        exposures=[
            Exposed(
                customer=customer.ref,
                act=exposed.REVEALED,
                clear=(spec.code,),
                level=spec.level,
                portfolio=customer.portfolio.code,
                region=customer.portfolio.region,
            )
        ],
        decision=decision.view,
        rule=decision.rule,
        rule_version=decision.rule_version,
        purpose=contact.purpose if contact else "",
        contact=contact.id if contact else None,
        request=str(decision.grant.request or "") if decision.by_grant else "",
    )
