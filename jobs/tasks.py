"""Upkeep of jobs."""

from celery import shared_task

from jobs import services
from trail.actor import Actor
from trail.services import clock


@shared_task(name="jobs.tasks.rescue")
def rescue() -> None:
    """Nudge jobs whose worker died or whose message was lost."""
    services.rescue(by=Actor.system("jobs.rescue"), at=clock())
