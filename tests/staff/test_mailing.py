"""Notifications by mail: once each, to whoever has an address and works here, without a name in it."""

from datetime import timedelta

import pytest
from django.core import mail

from staff.acting import person_of
from staff.models import Notification
from staff.services.mailing import mail_waiting
from staff.services.notifications import notify
from tests.access.cast import Cast
from tests.access.conftest import cast
from trail.actor import Actor

__all__ = ["cast"]
pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
UPKEEP = Actor.system("staff.mail")


def test_mails_each_once_and_names_nobody(cast: Cast) -> None:

    person = person_of(cast.agent())
    silent = person_of(cast.agent())
    person.email = "t1@example.com"
    person.save()
    notify([person.pk, silent.pk], "proposal_waits", params={"kind": "信息使用申请"}, at=cast.at)
    assert mail_waiting(by=UPKEEP, at=cast.at) == 1
    (letter,) = mail.outbox
    assert letter.to == ["t1@example.com"]
    assert person.name not in letter.body
    assert mail_waiting(by=UPKEEP, at=cast.at) == 0
    notify([person.pk], "proposal_waits", at=cast.at - timedelta(days=2))
    assert mail_waiting(by=UPKEEP, at=cast.at) == 0, "what is old was read on the page"
    person.left_at = cast.at
    person.save()
    notify([person.pk], "proposal_waits", at=cast.at)
    assert mail_waiting(by=UPKEEP, at=cast.at) == 0
    assert Notification.objects.filter(person=silent, mailed_at=None).count() == 1
