"""Fifty at once, each on a connection of its own: never more signatures or customers than allowed.

Uses of a grant against each other and against its revocation: `tests/journeys/test_requests.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier, Lock

import pytest
from django.db import OperationalError, connections

from access.grants import Granting
from access.queries.requests import with_state
from access.services import requests
from access.services.budgets import OverBudget
from access.services.reveal import reveal
from approvals.models import Proposal, Signature
from approvals.services import NotSigned, Outcome
from customers.services import contacts
from staff.roles import HEAD, SUPERVISOR
from tests.access.cast import Cast, kinds_since, last_event
from tests.access.requesting import HOUR, Office, sign
from tests.access.test_budgets import allow

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)

MANY = 50


def connect(alias: str, *, tries: int = 5) -> None:
    """Connect, once more where a busy machine let the two seconds of a connection pass."""
    for left in reversed(range(tries)):
        try:
            return connections[alias].ensure_connection()
        except OperationalError:
            if not left:
                raise


def at_once(acts: Sequence[Callable[[], object]]) -> list[object]:
    """Do all of it at one moment; return what came of each, the exception where it was one of the house's."""
    together, door = Barrier(len(acts)), Lock()

    def work(act: Callable[[], object]) -> object:
        with door:  # a hundred connections at one moment would time out on a busy machine
            try:
                for alias in ("default", "keyring"):
                    connect(alias)
            except OperationalError:
                together.abort()  # the others need not wait for one who will not come
                raise
        together.wait(timeout=300)
        try:
            return act()
        except (NotSigned, OverBudget) as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(work, acts))


def test_signs_once_a_person_and_once_a_seat_and_executes_once(cast: Cast) -> None:
    firm = Office(cast)
    row = firm.asked(firm.customer(), firm.customer())
    signers = [firm.head, cast.person(HEAD), firm.boss, cast.officer(), firm.asker]
    start = last_event()
    taking_turns = signers * (MANY // len(signers))
    found = at_once([partial(sign, row.proposal, by, firm.at) for by in taking_turns])
    applied = [one for one in found if isinstance(one, Outcome)]
    assert sorted(one.applied for one in applied) == [False, True]
    refused = Counter(one.code for one in found if isinstance(one, NotSigned))
    assert set(refused) <= {"own", "over", "signed_already", "not_yours"}
    assert refused["own"] == MANY / len(signers)
    signed = Signature.objects.filter(proposal=row.proposal)
    assert sorted(signed.values_list("seat", flat=True)) == ["head", "officer"]
    assert len(set(signed.values_list("signer_id", flat=True))) == 2
    kinds = Counter(kinds_since(start))
    assert (kinds["approvals.approved"], kinds["grant.given"], kinds["approvals.applied"]) == (2, 1, 1)
    assert Proposal.objects.get(pk=row.proposal).applied_at == firm.at


def test_shows_never_more_customers_than_a_budget_or_a_window_allows(cast: Cast) -> None:
    allow(cast.at, role=SUPERVISOR, hour=3, day=5)
    by, customers = cast.supervisor(), [cast.customer() for _ in range(MANY)]
    for customer in customers:
        contacts.touch(ref=customer.ref, by=by, at=cast.at)
    start = last_event()
    moments = [cast.at + timedelta(milliseconds=place) for place in range(MANY)]
    found = at_once(
        [
            partial(reveal, one.ref, "mobile", reason="核实", by=by, at=at)
            for one, at in zip(customers, moments, strict=True)
        ]
    )
    assert sum(not isinstance(one, Exception) for one in found) == 3
    kinds = Counter(kinds_since(start))
    assert (kinds["field.revealed"], kinds["budget.refused"]) == (3, MANY - 3)


@pytest.mark.django_db(databases=["default", "keyring"])
def test_a_grant_opens_from_its_first_second_to_before_its_last(cast: Cast) -> None:
    firm = Office(cast)
    second, customer = timedelta(seconds=1), firm.customer()
    row = firm.granted(customer, starts_at=firm.at + HOUR, ends_at=firm.at + 2 * HOUR)
    said = [
        with_state([row], firm.at + moment)[0].state
        for moment in (HOUR - second, HOUR, 2 * HOUR - second, 2 * HOUR)
    ]
    assert said == [Granting.NOT_STARTED, Granting.LIVE, Granting.LIVE, Granting.ENDED]
    requests.revoke(row.pk, reason="已转岗", by=firm.head, at=firm.at + HOUR)
    states = [with_state([row], firm.at + moment)[0].state for moment in (HOUR - second, HOUR)]
    assert states == [Granting.NOT_STARTED, Granting.REVOKED]
