"""Cards for a whole page in a constant number of queries: the one reader of a customer's documents.

No module outside `customers` and this one touches `open` and `sealed`; an architecture test holds that.
Sealed values are masked by `vault.transform`, so no clear sealed value passes through here.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from access.cards import Card, CardValue
from access.policy import CLEAR, HIDDEN, MASKED, Decision, Rule
from access.queries.asking import Asking, load
from access.queries.reach import reached_as
from classification.queries import Catalogue, FieldSpec
from classification.queries import catalogue as catalogue_at
from customers.models import Customer
from kinds import registry
from trail.actor import Actor
from vault import keyring, transform
from vault.opening import CannotOpen
from vault.place import Place

DOMAIN = "L3"
EMPTY = "—"
UNREADABLE = "••••"
SEALED_LEVEL = 3
OF_L4 = 4


def cards(
    actor: Actor,
    customers: Sequence[Customer],
    at: datetime,
    *,
    fields: Collection[str] | None = None,
    catalogue: Catalogue | None = None,
    rules: Sequence[Rule] | None = None,
    in_contact: bool = False,
    with_reason: bool = False,
    purpose: str = "",
) -> list[Card]:
    """Decide and prepare what the actor sees of these customers, in the order given.

    :param customers: fetched through `customers.queries.visible_to(actor, at)`, with their portfolio.
    :param fields: field codes to prepare, all up to L3 when left out.
    :param in_contact: the actor has an open contact with (all of) them.
    :param with_reason: a reason was given inside that contact.
    :param purpose: the purpose of that contact, or the one that a contact would start with.
    """
    if not customers:
        return []
    known = catalogue or catalogue_at(at)
    specs = [spec for spec in known.fields if spec.level < OF_L4 and (fields is None or spec.code in fields)]
    asking = load(
        actor,
        customers,
        at,
        rules=rules,
        in_contact=in_contact,
        with_reason=with_reason,
        purpose=purpose,
    )
    reach = reached_as(actor, customers, at)
    keys = keyring.keys_for([customer.ref for customer in customers], DOMAIN)
    return [_card(customer, reach[customer.ref], specs, asking, keys) for customer in customers]


def as_held(customer: Customer, spec: FieldSpec) -> FieldSpec:
    """Give the field as it counts for this customer's value: at least L3 where the value still lies sealed.

    While values follow a changed label, the stricter of the label and of where the value lies decides.
    """
    if spec.level < SEALED_LEVEL and spec.code in customer.sealed:
        return replace(spec, level=SEALED_LEVEL)
    return spec


def held_text(customer: Customer, spec: FieldSpec) -> str:
    """Give the open value of a field as stored; "" where there is none.

    For `access.services`, which decide before they call; sealed values have no text here.
    """
    return "" if spec.code in customer.sealed else _stored(customer.open.get(spec.code))


def held_sealed(customer: Customer, spec: FieldSpec) -> str:
    """Give the sealed value of a field, still sealed; "" where there is none."""
    return str(customer.sealed.get(spec.code, ""))


def held_origin(customer: Customer, spec: FieldSpec) -> dict[str, str]:
    """Give when, from where, in which scenario and by whom the value of a field was collected."""
    return dict(customer.origins.get(spec.code, {}))


def place_of(customer: Customer, spec: FieldSpec) -> Place:
    """Say where a sealed value of this customer belongs."""
    return Place(customer.ref, DOMAIN, spec.code, SEALED_LEVEL)


def _card(
    customer: Customer,
    reached: frozenset[str],
    specs: Sequence[FieldSpec],
    asking: Asking,
    keys: keyring.Keys,
) -> Card:
    counting = [as_held(customer, spec) for spec in specs]
    return Card(
        ref=customer.ref,
        number=customer.number,
        tier=customer.tier,
        portfolio=customer.portfolio.code,
        portfolio_name=customer.portfolio.name,
        region=customer.portfolio.region,
        version=customer.version,
        reached_as=reached,
        values=tuple(
            _value(customer, spec, *asking.decided(customer, spec, reached), keys) for spec in counting
        ),
    )


def _value(
    customer: Customer, spec: FieldSpec, decision: Decision, could: Decision, keys: keyring.Keys
) -> CardValue:
    stored = customer.sealed.get(spec.code, customer.open.get(spec.code))
    view = _view(spec, decision)
    return CardValue(
        code=spec.code,
        name=spec.name,
        label=spec.label,
        level=spec.level,
        kind=spec.kind,
        view=view,
        text=_text(customer, spec, stored, view, keys),
        # SECURITY: whether a hidden value exists is hidden as well.
        held=stored is not None and view != HIDDEN,
        sealed=spec.sealed,
        comparable=registry.get(spec.kind).comparable,
        decision=decision,
        could=could,
        raw=_stored(stored) if view == CLEAR else "",
    )


def _view(spec: FieldSpec, decision: Decision) -> str:
    """An L3 value is never in the clear on a card, wherever it lies: the reveal is the only door."""
    return MASKED if spec.sealed and decision.view == CLEAR else decision.view


def _text(customer: Customer, spec: FieldSpec, stored: Any, view: str, keys: keyring.Keys) -> str:
    if view == HIDDEN:
        return ""
    if stored is None:
        return EMPTY
    if spec.code in customer.sealed:
        return _masked(customer, spec, str(stored), keys)
    if view == CLEAR:
        return spec.shown(stored)
    return registry.get(spec.kind).mask(_stored(stored))


def _masked(customer: Customer, spec: FieldSpec, sealed: str, keys: keyring.Keys) -> str:
    try:
        return transform.mask(spec.kind, sealed, place_of(customer, spec), keys)
    except CannotOpen:
        return UNREADABLE


def _stored(value: Any) -> str:
    if value is None:
        return ""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
