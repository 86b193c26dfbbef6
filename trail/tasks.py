"""Upkeep of the trail by Celery."""

from celery import shared_task

from trail import services
from trail.actor import Actor


@shared_task
def make_partitions() -> None:
    """Make the partitions of the coming 18 months, where they are missing."""
    services.make_partitions(by=Actor.system("trail.partitions"), at=services.clock())
