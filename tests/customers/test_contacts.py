"""Contacts start by themselves, are over by themselves, and end with a line."""

from datetime import timedelta

import pytest

from customers.models import Contact
from customers.problems import Refused
from customers.queries import contacts_of, current_contact, is_live_contact, over_without_line
from customers.services import contacts
from customers.services.contacts import NoContact, NotFound
from files.models import SealedText
from tests.customers.builders import bulk_make
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ref(house):
    return bulk_make(1, portfolio=house.north, at=house.at)[0]


def test_starts_by_itself_with_the_usual_purpose(house, ref):
    contact = contacts.touch(ref=ref, by=house.agent, at=house.at)
    assert (contact.channel, contact.purpose, contact.ticket) == ("phone", "service", "")
    event = Event.objects.get(kind="contact.opened", contact=contact.pk)
    assert (event.facts, event.purpose) == ({"channel": "phone"}, "service")


def test_goes_on_while_acts_follow_within_half_an_hour(house, ref):
    first = contacts.touch(ref=ref, by=house.agent, at=house.at)
    same = contacts.touch(ref=ref, by=house.agent, at=house.at + 29 * MINUTE)
    still = contacts.touch(ref=ref, by=house.agent, at=house.at + 58 * MINUTE)
    assert first.pk == same.pk == still.pk
    assert Contact.objects.count() == 1


def test_is_over_half_an_hour_after_its_last_act(house, ref):
    first = contacts.touch(ref=ref, by=house.agent, at=house.at)
    over = house.at + 30 * MINUTE
    assert is_live_contact(first, over - MINUTE)
    assert not is_live_contact(first, over)
    assert current_contact(house.agent.id, ref, over) is None
    assert contacts.touch(ref=ref, by=house.agent, at=over).pk != first.pk
    assert [one.pk for one in over_without_line(house.agent.id, over)] == [first.pk]


def test_each_person_has_one_of_their_own(house, ref):
    mine = contacts.touch(ref=ref, by=house.agent, at=house.at)
    theirs = contacts.touch(ref=ref, by=house.supervisor, at=house.at)
    assert mine.pk != theirs.pk
    assert contacts_of(ref).count() == 2
    with pytest.raises(NotFound):
        contacts.close(id=mine.pk, line="x", by=house.supervisor, at=house.at)


def test_the_next_one_starts_as_the_last_one_was(house, ref):
    (other,) = bulk_make(1, portfolio=house.north, at=house.at, first=5)
    first = contacts.touch(ref=ref, by=house.agent, at=house.at)
    contacts.change(
        id=first.pk, channel="chat", purpose="complaint", ticket=" T-1/2 ", by=house.agent, at=house.at
    )
    second = contacts.touch(ref=other, by=house.agent, at=house.at)
    assert (second.channel, second.purpose, second.ticket) == ("chat", "complaint", "")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"channel": "pigeon"}, "unknown_channel"),
        ({"purpose": "registration"}, "unknown_purpose"),
        ({"purpose": "marketing"}, "unknown_purpose"),
        ({"ticket": "张三"}, "not_a_ticket"),
        ({"ticket": "15400000018"}, "not_a_ticket"),
        ({"ticket": "x" * 61}, "not_a_ticket"),
    ],
)
def test_is_changed_within_bounds(house, ref, change, code):
    contact = contacts.touch(ref=ref, by=house.agent, at=house.at)
    with pytest.raises(Refused) as refused:
        contacts.change(id=contact.pk, by=house.agent, at=house.at, **change)
    assert [one.code for one in refused.value.problems] == [code]


def test_closes_with_a_line_that_is_sealed_under_the_customer(house, ref):
    contact = contacts.touch(ref=ref, by=house.agent, at=house.at)
    closed = contacts.close(id=contact.pk, line="  答复了 账单 ", by=house.agent, at=house.at + MINUTE)
    text = SealedText.objects.get(about="contact.line")
    assert (text.subject, text.id) == (ref, closed.line)
    assert "账单" not in text.sealed
    assert not is_live_contact(closed, house.at + MINUTE)
    event = Event.objects.get(kind="contact.closed")
    assert event.facts == {"line": str(closed.line)}
    with pytest.raises(NotFound):
        contacts.close(id=contact.pk, line="again", by=house.agent, at=house.at)


def test_a_line_can_still_be_given_when_it_is_over(house, ref):
    contact = contacts.touch(ref=ref, by=house.agent, at=house.at)
    contacts.close(id=contact.pk, line="later", by=house.agent, at=house.at + 90 * MINUTE)
    assert not over_without_line(house.agent.id, house.at + 90 * MINUTE).exists()


@pytest.mark.parametrize("line", ["", "  ", "x" * 501])
def test_wants_a_line(house, ref, line):
    contact = contacts.touch(ref=ref, by=house.agent, at=house.at)
    with pytest.raises(Refused):
        contacts.close(id=contact.pk, line=line, by=house.agent, at=house.at)


def test_officers_start_none(house, ref):
    with pytest.raises(NoContact):
        contacts.touch(ref=ref, by=house.officer, at=house.at)


def test_starts_with_nobody_out_of_reach(house, ref):
    with pytest.raises(NotFound):
        contacts.touch(ref=ref, by=house.outsider, at=house.at)
