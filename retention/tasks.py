"""Background work of retention: ids in, one service call."""

from celery import shared_task

from retention.services import listing
from trail.actor import Actor
from trail.services import clock


@shared_task(name="retention.tasks.list_due")
def list_due() -> None:
    """List what is due today."""
    listing.list_due(by=Actor.system(listing.LISTER), at=clock())
