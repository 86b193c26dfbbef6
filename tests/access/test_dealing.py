"""The contact that a read belongs to, with its reason."""

from datetime import timedelta
from uuid import uuid4

import pytest

from access.models import ReasonGiven
from access.queries.dealing import dealing
from customers.contacts import OVER_AFTER, current
from customers.services import contacts

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def test_is_the_open_contact_with_the_reason_given_in_it(cast):
    by, customer = cast.supervisor(), cast.customer()
    contact = contacts.touch(ref=customer.ref, by=by, at=cast.at)
    found, reason = dealing(by.id, customer.pk, cast.at)
    assert (found, reason) == (contact, None)
    assert found is not None
    assert found.purpose == contact.purpose
    given = ReasonGiven.objects.create(contact=contact, text=uuid4(), at=cast.at)
    assert dealing(by.id, customer.pk, cast.at) == (contact, given.text)


@pytest.mark.parametrize("ago", [timedelta(0), OVER_AFTER - timedelta(seconds=1), OVER_AFTER])
def test_is_over_when_contacts_say_so(cast, ago):
    by, customer = cast.agent(), cast.customer()
    contacts.touch(ref=customer.ref, by=by, at=cast.at)
    found, _reason = dealing(by.id, customer.pk, cast.at + ago)
    assert found == current(by.id, customer.ref, cast.at + ago)
    assert (found is None) == (ago == OVER_AFTER)


def test_is_nothing_after_it_was_closed_and_nobody_elses(cast):
    by, customer = cast.agent(), cast.customer()
    contact = contacts.touch(ref=customer.ref, by=by, at=cast.at)
    assert dealing(cast.supervisor().id, customer.pk, cast.at) == (None, None)
    assert dealing(by.id, cast.customer().pk, cast.at) == (None, None)
    assert dealing(None, customer.pk, cast.at) == (None, None)
    contacts.close(id=contact.pk, line="示例", by=by, at=cast.at)
    assert dealing(by.id, customer.pk, cast.at) == (None, None)
