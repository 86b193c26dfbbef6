"""The point check: one person, one customer, one field. Reveals, compares and explanations ask here."""

from datetime import datetime

from access.policy import Decision
from access.queries.asking import load
from access.queries.reach import reached_as
from classification.queries import FieldSpec
from customers.models import Customer
from trail.actor import Actor


def check(
    actor: Actor,
    customer: Customer,
    spec: FieldSpec,
    at: datetime,
    *,
    in_contact: bool = False,
    with_reason: bool = False,
    purpose: str = "",
) -> Decision:
    """Decide what the actor may see of one field of a customer fetched from `visible_to`.

    :param purpose: the purpose of the contact, if there is one.
    """
    asking = load(actor, [customer], at, in_contact=in_contact, with_reason=with_reason, purpose=purpose)
    decision, _ = asking.decided(customer, spec, reached_as(actor, [customer], at)[customer.ref])
    return decision
