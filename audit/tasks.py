"""Upkeep of the audit: ids in, one service call."""

from celery import shared_task

from audit.services import decoys
from trail.actor import Actor
from trail.services import clock


@shared_task(name="audit.tasks.sweep_decoys")
def sweep_decoys() -> None:
    """Raise the alarm for decoys that were touched."""
    decoys.sweep(by=Actor.system("audit.sweep_decoys"), at=clock())
