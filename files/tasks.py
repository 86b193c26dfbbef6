"""Upkeep of sealed files, in the worker: its keyring role may destroy keys, and it alone opens deposits."""

import logging
from traceback import extract_tb

from celery import shared_task

from files import deposits, services
from files.models import Deposit
from trail.actor import Actor
from trail.services import clock

AT_ONCE = 50
log = logging.getLogger(__name__)


@shared_task(name="files.tasks.expire")
def expire() -> None:
    """Destroy files past their term."""
    services.expire(by=Actor.system("files.expire"), at=clock())


@shared_task(name="files.tasks.take_in")
def take_in() -> None:
    """Take in what the public pages deposited; one that fails does not hold up the others and is tried again."""
    waiting = Deposit.objects.waiting().order_by("?").values_list("id", flat=True)[:AT_ONCE]
    for id in list(waiting):
        try:
            deposits.take_in(id, by=Actor.system("files.take_in"), at=clock())
        except Exception as error:  # noqa: BLE001  whatever it is, the others are taken in
            # SECURITY: the type and the place only: messages of errors may carry values.
            place = extract_tb(error.__traceback__)[-1]
            log.error("deposit %s: %s at %s:%s", id, type(error).__name__, place.filename, place.lineno)
