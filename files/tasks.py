"""Upkeep of sealed files. Runs in the worker, whose role in the keyring may destroy keys."""

from celery import shared_task

from files import services
from trail.actor import Actor
from trail.services import clock


@shared_task(name="files.tasks.expire")
def expire() -> None:
    """Destroy files past their term."""
    services.expire(by=Actor.system("files.expire"), at=clock())
