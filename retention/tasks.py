"""Background work of retention: ids in, one service call."""

from celery import shared_task

from retention.services import backups
from trail.actor import Actor
from trail.services import clock


@shared_task(name="retention.tasks.tend_backups")
def tend_backups() -> None:
    """Make the backups that are due, remove those past their life, remind of what is overdue."""
    backups.tend(by=Actor.system("retention.backups"), at=clock())
