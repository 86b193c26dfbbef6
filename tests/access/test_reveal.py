"""Reveal: decided, recorded, committed, and only then opened."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from access import events
from access.models import ReasonGiven
from access.policy import Step, Why
from access.services import listing, reveal
from customers.models import Customer
from customers.services import contacts
from files.models import SealedText
from tests.access.cast import CANARIES, VALUES, exposures_since, kinds_since, last_event
from tests.trail.logins import trail_refuses
from trail.models import Event
from trail.receipts import ReceiptRefused
from trail.services import TrailUnavailable
from vault import opening

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def show(cast, customer, by, field="mobile", reason="电话核实", **more):
    return reveal.reveal(customer.ref, field, reason=reason, by=by, at=cast.at, **more)


@pytest.mark.parametrize("role", ["supervisor", "head"])
def test_shows_the_value_inside_a_contact_with_a_reason(cast, role):
    by, customer = cast.person(role), cast.customer()
    contacts.touch(ref=customer.ref, by=by, at=cast.at)
    shown = show(cast, customer, by)
    assert (shown.text, shown.seconds, shown.level) == (VALUES["mobile"], 60, 3)
    assert VALUES["mobile"] not in repr(shown)


def test_asks_a_handful_of_questions_and_opens_after_the_event_is_on_disk(cast):
    by, customer = cast.supervisor(), cast.customer()
    contacts.touch(ref=customer.ref, by=by, at=cast.at)
    show(cast, customer, by)
    with (
        CaptureQueriesContext(connections["default"]) as main,
        CaptureQueriesContext(connections["keyring"]) as keyring,
    ):
        show(cast, customer, by)
    asked = [" ".join(one["sql"].split()) for one in main]
    assert (len(asked), len(keyring)) == (10, 1), asked
    (written,) = [place for place, sql in enumerate(asked) if "insert into trail_event" in sql]
    assert asked[written + 1].startswith("RELEASE")
    assert asked[written + 2].startswith("select from trail_event"), "the door asks whether it is on disk"


def test_records_who_saw_what_by_which_rule_for_which_reason(cast):
    by, customer = cast.supervisor(), cast.customer()
    contact = contacts.touch(ref=customer.ref, by=by, at=cast.at)
    start = last_event()
    shown = show(cast, customer, by)
    event = Event.objects.get(id=shown.event)
    assert kinds_since(start) == [events.FIELD_REVEALED.code]
    assert (event.rule, event.rule_version, event.decision) == ("supervisor-l3", 1, "clear")
    assert (event.contact, event.purpose) == (contact.id, contact.purpose)
    assert event.facts == {
        "field": "mobile",
        "level": 3,
        "reason": str(ReasonGiven.objects.get().text),
        "ground": "",
    }
    (seen,) = exposures_since(start)
    assert (seen.customer, seen.act, seen.clear, seen.level) == (customer.ref, "revealed", ["mobile"], 3)


def test_asks_for_the_reason_once_per_contact(cast):
    by, customer = cast.supervisor(), cast.customer()
    contacts.touch(ref=customer.ref, by=by, at=cast.at)
    start = last_event()
    with pytest.raises(reveal.ReasonNeeded):
        show(cast, customer, by, reason="  ")
    assert kinds_since(start) == []
    show(cast, customer, by)
    assert show(cast, customer, by, field="resident_id", reason="").text == VALUES["resident_id"]
    (text,) = SealedText.objects.filter(subject=customer.ref)
    assert "电话核实" not in text.sealed


def test_asks_again_in_the_next_contact(cast):
    by, customer = cast.supervisor(), cast.customer()
    contacts.touch(ref=customer.ref, by=by, at=cast.at)
    show(cast, customer, by)
    later = cast.at + timedelta(minutes=31)
    with pytest.raises(reveal.Refused) as refused:
        reveal.reveal(customer.ref, "mobile", reason="", by=by, at=later)
    assert refused.value.decision.missing == ("contact", "reason")


def test_refuses_without_a_contact_even_with_a_reason(cast):
    by, customer = cast.supervisor(), cast.customer()
    with pytest.raises(reveal.Refused) as refused:
        show(cast, customer, by)
    assert refused.value.decision.next_step == Step.START_CONTACT


def test_refuses_an_agent_and_has_the_refusal_on_record_first(cast):
    by, customer = cast.agent(), cast.customer()
    contacts.touch(ref=customer.ref, by=by, at=cast.at)
    start = last_event()
    with pytest.raises(reveal.Refused) as refused:
        show(cast, customer, by)
    decision = refused.value.decision
    assert (decision.why, decision.clause) == (Why.NEEDS_MISSING, "S0-28")
    assert decision.next_step == Step.ASK_CONSENT
    (event,) = Event.objects.filter(id__gt=start)
    assert (event.kind, event.rule, event.facts["missing"], event.facts["consent"]) == (
        events.REVEAL_REFUSED.code,
        "agent-l3",
        ["consent"],
        "no_consent",
    )
    (seen,) = exposures_since(start)
    assert (seen.act, seen.clear, seen.masked, seen.level) == ("refused", [], [], 0)


def test_keeps_no_reason_of_a_refused_reveal(cast):
    by, customer = cast.agent(), cast.customer()
    contacts.touch(ref=customer.ref, by=by, at=cast.at)
    with pytest.raises(reveal.Refused):
        show(cast, customer, by)
    assert not SealedText.objects.filter(subject=customer.ref).exists()


@pytest.mark.parametrize("field", ["mobile", "full_name"])
def test_refuses_the_officer_every_level(cast, field):
    customer = cast.customer()
    with pytest.raises(reveal.Refused):
        show(cast, customer, cast.officer(), field=field)


def test_does_not_tell_foreign_from_nonexistent(cast):
    foreign = cast.customer(portfolio="south")
    with pytest.raises(Customer.DoesNotExist):
        show(cast, foreign, cast.supervisor(department="north"))


def test_says_when_nothing_is_held(cast):
    by, customer = cast.supervisor(), cast.customer()
    with pytest.raises(reveal.NothingHeld):
        show(cast, customer, by, field="passport")


def test_gives_a_receipt_for_this_customer_and_field_alone(cast, monkeypatch):
    by, customer, other = cast.supervisor(), cast.customer(), cast.customer()
    contacts.touch(ref=customer.ref, by=by, at=cast.at)
    receipts = []

    def watching(sealed, place, keys, receipt):
        receipts.append(receipt)
        return opening.open_clear(sealed, place, keys, receipt)

    monkeypatch.setattr("access.services.reveal.open_clear", watching)
    show(cast, customer, by)
    (receipt,) = receipts
    assert receipt.shows == {customer.ref: frozenset({"mobile"})}
    for subject, field in ((other.ref, "mobile"), (customer.ref, "resident_id")):
        with pytest.raises(ReceiptRefused):
            receipt.check(subject, field)


def test_has_the_event_on_disk_before_the_value_exists(cast, monkeypatch):
    by, customer = cast.supervisor(), cast.customer()
    contacts.touch(ref=customer.ref, by=by, at=cast.at)
    start = last_event()
    found = []
    clear = opening.clear

    def watching(sealed, place, keys):
        found.append(kinds_since(start))
        return clear(sealed, place, keys)

    monkeypatch.setattr(opening, "clear", watching)
    show(cast, customer, by)
    assert found == [[events.FIELD_REVEALED.code]]


def test_decides_anew_when_the_role_is_gone(cast):
    by, customer = cast.supervisor(), cast.customer()
    contacts.touch(ref=customer.ref, by=by, at=cast.at)
    show(cast, customer, by)
    with pytest.raises(Customer.DoesNotExist):
        show(cast, customer, replace(by, roles=frozenset()))


@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_shows_nothing_while_the_trail_refuses_and_recovers_by_itself(cast):
    by, customer = cast.supervisor(), cast.customer()
    contact = contacts.touch(ref=customer.ref, by=by, at=cast.at)
    with trail_refuses():
        for _ in range(20):
            for act in (
                lambda: show(cast, customer, by).text,
                lambda: listing.list_page([customer], how="list", page=1, by=by, at=cast.at),
                lambda: listing.open_card(customer, contact=contact, by=by, at=cast.at),
            ):
                with pytest.raises(TrailUnavailable) as refused:
                    act()
                assert not any(canary in repr(refused.value) for canary in CANARIES)
    assert show(cast, customer, by).text == VALUES["mobile"]
