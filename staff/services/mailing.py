"""Notifications by mail, for whoever has a mail address. No personal data: what waits, never about whom (S0-36)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext, override

from staff.models import Notification
from staff.queries import acting
from trail.actor import Actor

MOST = 200
STALE = timedelta(days=1)
"""What could not be sent within a day is read on the page by now."""


def mail_waiting(*, by: Actor, at: datetime) -> int:
    """Mail what was not mailed yet, and return how much; part of upkeep, without an event of its own.

    Rows are marked before the mail leaves, so that a crash loses one rather than sending it for ever.
    """
    with transaction.atomic():
        rows = list(
            Notification.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("person")
            .filter(mailed_at=None, read_at=None, created_at__gt=at - STALE)
            .exclude(person__email="")
            .order_by("created_at")[:MOST]
        )
        Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=at)
    able = acting({row.person_id for row in rows}, at)
    return sum(_mail(row) for row in rows if row.person_id in able)


def _mail(row: Notification) -> bool:
    with override(settings.LANGUAGE_CODE):
        subject = gettext("Something waits for you")
        body = gettext("Something new waits for you in custinfo. Log in to read it.")
    try:
        send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [row.person.email])
    except OSError:
        return False
    return True
