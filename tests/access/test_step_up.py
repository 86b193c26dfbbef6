"""Which acts want a fresh second factor, at the second (security.md §3); written by hand.

Approvals, exports and what opens more in the clear want one of the last five minutes. Taking away never does: it
works at once (law 8). Nor does one value inside a contact, whose needs are others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from access.services import (
    break_glass,
    budgets,
    compare,
    export,
    listing,
    requests,
    review_decisions,
    reviews,
    rights,
    rules,
)
from access.services.reveal import reveal
from access.services.review_decisions import Answer
from approvals import services as approvals
from approvals.models import Proposal
from customers.services import contacts
from staff.acting import person_of
from staff.roles import AGENT, SECURITY, SUPERVISOR
from staff.services import people as taking
from staff.step_up import StepUpNeeded
from tests.access.cast import Cast
from tests.access.requesting import HOUR, Office, sign
from tests.access.test_budgets import allow, saw
from trail.actor import Actor

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

AGES = {"none": (None, False), "4:59": (299, True), "5:00": (300, True), "5:01": (301, False)}
Act = Callable[[Actor], object]
Setting = tuple[Actor, Act]


class House(Office):
    """The office, with everybody whose acts are tried."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.security, self.supervisor = self.cast.person(SECURITY), self.cast.supervisor()


def signing(house: House) -> Setting:
    row = house.asked(house.customer())
    return house.head, lambda by: sign(row.proposal, by, house.at)


def narrowing(house: House) -> Setting:
    row = house.asked(house.customer(), fields=("mobile", "email"))
    proposal = Proposal.objects.get(pk=row.proposal)
    return house.head, lambda by: requests.narrow(
        proposal.pk,
        fields=["mobile"],
        ends_at=house.at + HOUR / 2,
        output="screen",
        uses_at_most=1,
        reason="够用",
        seen_hash=proposal.content_hash,
        by=by,
        at=house.at,
    )


def giving_a_role(house: House) -> Setting:
    person = house.asker.id
    assert person is not None
    return house.security, lambda by: rights.propose_role(
        person=person, role="analyst", reason="需要", by=by, at=house.at
    )


def signing_a_role(house: House) -> Setting:
    person = house.asker.id
    assert person is not None
    made = rights.propose_role(person=person, role="analyst", reason="需要", by=house.security, at=house.at)
    return house.head, lambda by: sign(made.pk, by, house.at)


def changing_a_rule(house: House) -> Setting:
    change = {"role": AGENT, "level": 2, "tier": "premium", "view": "masked", "clause": "S4-55"}
    return house.security, lambda by: rules.propose_change(change, reason="收紧", by=by, at=house.at)


def exporting_masks(house: House) -> Setting:
    customer = house.customer()
    return house.supervisor, lambda by: export.export_masked(
        [customer.ref], "csv", how="list", by=by, at=house.at
    )


def exporting_under_a_grant(house: House) -> Setting:
    row = house.asked(house.customer(), output="export")
    for signer in (house.head, house.boss):
        sign(row.proposal, signer, house.at)
    return house.asker, lambda by: export.export_granted(row.pk, "csv", by=by, at=house.at)


def breaking_the_glass(house: House) -> Setting:
    customer = house.customer()
    return house.supervisor, lambda by: break_glass.show(
        customer.ref, "mobile", reason="急", by=by, at=house.at
    )


def tapping(house: House) -> Setting:
    allow(house.at, role=SUPERVISOR, hour=1)
    saw(house.supervisor, house.customer(), house.at)
    budgets.give_reason("clear", "批量回访", by=house.supervisor, at=house.at)
    saw(house.supervisor, house.customer(), house.at)
    person = house.supervisor.id
    assert person is not None
    return house.head, lambda by: budgets.allow_more(person, "clear", by=by, at=house.at)


def starting_a_review(house: House) -> Setting:
    deadline = house.at + timedelta(days=14)
    return house.security, lambda by: reviews.start(deadline=deadline, by=by, at=house.at)


def deciding_in_a_review(house: House) -> Setting:
    before = house.at - timedelta(seconds=1)
    review = reviews.start(deadline=house.at + timedelta(days=14), by=house.security, at=before)
    item = review.items.get(person=person_of(house.asker), kind="role")
    return house.head, lambda by: review_decisions.decide(
        item.pk, Answer(decision="keep"), by=by, at=house.at
    )


WANT = (
    signing,
    narrowing,
    giving_a_role,
    signing_a_role,
    changing_a_rule,
    exporting_masks,
    exporting_under_a_grant,
    breaking_the_glass,
    tapping,
    starting_a_review,
    deciding_in_a_review,
)


def asking(house: House) -> Setting:
    customer = house.customer()
    return house.asker, lambda by: requests.ask(house.draft(customer), by=by, at=house.at)


def revoking(house: House) -> Setting:
    row = house.granted(house.customer())
    return house.head, lambda by: requests.revoke(row.pk, reason="已转岗", by=by, at=house.at)


def refusing(house: House) -> Setting:
    row = house.asked(house.customer())
    return house.head, lambda by: approvals.refuse(row.proposal, reason="不需要", by=by, at=house.at)


def withdrawing(house: House) -> Setting:
    row = house.asked(house.customer())
    return house.asker, lambda by: approvals.withdraw(row.proposal, by=by, at=house.at)


def freezing(house: House) -> Setting:
    person = house.asker.id
    assert person is not None
    return house.security, lambda by: taking.freeze(person, by=by, at=house.at)


def revealing_one(house: House) -> Setting:
    customer = house.customer()
    contacts.touch(ref=customer.ref, by=house.supervisor, at=house.at)
    return house.supervisor, lambda by: reveal(customer.ref, "mobile", reason="核实", by=by, at=house.at)


def comparing(house: House) -> Setting:
    customer = house.customer()
    contacts.touch(ref=customer.ref, by=house.asker, at=house.at)
    return house.asker, lambda by: compare.compare(customer.ref, "mobile", "15400000018", by=by, at=house.at)


def listing_customers(house: House) -> Setting:
    return house.asker, lambda by: listing.list_page([], how="list", page=1, by=by, at=house.at)


def giving_oneself_a_reason(house: House) -> Setting:
    allow(house.at, role=SUPERVISOR, hour=1)
    saw(house.supervisor, house.customer(), house.at)
    return house.supervisor, lambda by: budgets.give_reason("clear", "批量回访", by=by, at=house.at)


WANT_NONE = (
    asking,
    revoking,
    refusing,
    withdrawing,
    freezing,
    revealing_one,
    comparing,
    listing_customers,
    giving_oneself_a_reason,
)


def goes_on(act: Act, by: Actor) -> bool:
    """Do it, take it back, and say whether it went on without another factor."""
    held = {alias: transaction.savepoint(using=alias) for alias in ("default", "keyring")}
    try:
        act(by)
    except StepUpNeeded:
        return False
    else:
        return True
    finally:
        for alias, one in held.items():
            transaction.savepoint_rollback(one, using=alias)


@pytest.mark.parametrize("setting", [*WANT, *WANT_NONE], ids=lambda one: one.__name__)
def test_wants_a_factor_of_the_last_five_minutes_or_none_at_all(
    cast: Cast, setting: Callable[[House], Setting]
) -> None:
    house = House(cast)
    person, act = setting(house)
    said = {}
    for told, (age, _fresh) in AGES.items():
        given = None if age is None else house.at - timedelta(seconds=age)
        said[told] = goes_on(act, replace(person, second_factor_at=given))
    assert said == {told: fresh or setting in WANT_NONE for told, (_age, fresh) in AGES.items()}
