"""The point check: one person, one customer, one field. Reveals, compares and explanations ask here."""

from datetime import datetime

from access.policy import Decision, decide
from access.queries import rules
from access.queries.cards import question
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
) -> Decision:
    """Decide what the actor may see of one field of a customer fetched from `visible_to`."""
    reached = reached_as(actor, [customer], at)[customer.ref]
    asked = question(actor, customer, spec, reached=reached, in_contact=in_contact, with_reason=with_reason)
    return decide(asked, rules.in_force(at))
