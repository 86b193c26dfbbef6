"""The point check: one person, one customer, one field. Reveals, compares and explanations ask here."""

from datetime import datetime

from access.policy import Decision, decide, told
from access.queries import consents, rules
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
    purpose: str = "",
) -> Decision:
    """Decide what the actor may see of one field of a customer fetched from `visible_to`.

    :param purpose: the purpose of the contact, if there is one.
    """
    asked_of = consents.load(actor, [customer], purpose, at)
    said = asked_of.says(customer, spec)
    asked = question(
        actor,
        customer,
        spec,
        reached=reached_as(actor, [customer], at)[customer.ref],
        said=said.saying,
        for_business=asked_of.for_business,
        in_contact=in_contact,
        with_reason=with_reason,
    )
    return told(decide(asked, rules.in_force(at)), said)
