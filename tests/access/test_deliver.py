"""A consent link remembers how new the address is that it goes to, and the value that it asks for."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from access.consents import doubts
from access.services import consents, deliver
from consent.models import ConsentLink
from consent.queries.states import states
from consent.services import answers
from customers.models import Customer
from customers.services import contacts, records
from tests.access.cast import VALUES, Cast, kinds_since, last_event
from tests.consent.builders import YEAR, Answering, organisation, published
from trail.actor import Actor

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
CUSTOMER = Actor(id=None, number="", name="", mode="public", ip="203.0.113.7")
OTHER = "15400000026"
DAY = timedelta(days=1)


@pytest.fixture
def caller(cast: Cast) -> Customer:
    """Somebody of whom nothing but mobile and e-mail could be asked, both held for a year."""
    customer = cast.customer()
    del customer.sealed["resident_id"]
    held = {code: {"collected_at": (cast.at - YEAR).isoformat()} for code in ("mobile", "email")}
    Customer.objects.filter(pk=customer.pk).update(sealed=customer.sealed, origins=held)
    customer.refresh_from_db()
    return customer


def change(customer: Customer, code: str, text: str, by: Actor, at: datetime) -> None:
    customer.refresh_from_db()
    records.edit(
        ref=customer.ref,
        version=customer.version,
        values={code: text},
        scenario="maintenance",
        source="phone",
        by=by,
        at=at,
    )


def link(cast: Cast, customer: Customer, by: Actor, via: str) -> tuple[ConsentLink, str]:
    """Make a link and return it with its token, "" where it was mailed."""
    organisation()
    made = deliver.consent_link(
        customer.ref,
        version=published(cast.at - YEAR, "service"),
        purposes=["service"],
        language="en",
        via=via,
        by=by,
        at=cast.at,
    )
    return made.link, made.address.rstrip("/").rpartition("/")[2]


def test_a_printed_link_asks_for_a_value_that_was_never_changed(cast, caller) -> None:
    made, _ = link(cast, caller, cast.agent(), "print")
    assert (made.check_field, made.address_since) == ("mobile", None)


def test_a_mailed_link_knows_since_when_its_address_is_held(cast, caller) -> None:
    made, _ = link(cast, caller, cast.agent(), "mail")
    assert made.address_since == cast.at - YEAR


def test_a_value_put_in_a_day_ago_does_not_pass_for_the_customers_word(cast, caller) -> None:
    agent = cast.agent()
    change(caller, "mobile", OTHER, agent, cast.at - DAY)
    made, token = link(cast, caller, agent, "print")
    assert (made.check_field, made.address_since) == ("mobile", cast.at - DAY)
    assert answers.check(token, OTHER, by=CUSTOMER, at=cast.at).matches
    answers.answer(token, {"service": True}, separate=(), language="en", device="", by=CUSTOMER, at=cast.at)
    state = states([caller.ref], cast.at)[caller.ref, "service"]
    assert doubts(state, cast.agent().id) == ("contact_changed",)
    assert doubts(replace(state, effective_at=cast.at + 7 * DAY), None) == ()


def test_the_newer_of_address_and_checked_value_counts(cast, caller) -> None:
    agent = cast.agent()
    change(caller, "mobile", OTHER, agent, cast.at - 5 * DAY)
    change(caller, "email", "b.nobody@example.com", agent, cast.at - 3 * DAY)
    made, _ = link(cast, caller, agent, "mail")
    assert made.address_since == cast.at - 3 * DAY
    change(caller, "mobile", VALUES["mobile"], agent, cast.at - DAY)
    made, _ = link(cast, caller, agent, "mail")
    assert made.address_since == cast.at - DAY


def test_a_text_sent_on_a_consent_that_the_sender_captured_alarms_as_a_reveal_does(cast) -> None:
    customer, agent, other = cast.customer(), cast.agent(), cast.agent()
    desk = Answering(published(cast.at - YEAR, "service"), agent, customer.ref)
    row = desk.record(True, at=cast.at)
    consents.confirm(row.ref, accepted=True, by=cast.supervisor(), at=cast.at)
    for sender, alarms in ((agent, True), (other, False)):
        contact = contacts.touch(ref=customer.ref, by=sender, at=cast.at)
        contacts.change(id=contact.pk, purpose="service", by=sender, at=cast.at)
        start = last_event()
        deliver.text(customer.ref, subject="Your order", body="It is on its way.", by=sender, at=cast.at)
        assert "value.delivered" in kinds_since(start)
        assert ("consent.own_used" in kinds_since(start)) is alarms
