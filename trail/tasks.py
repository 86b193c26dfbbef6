"""Upkeep of the trail by Celery."""

from celery import shared_task

from trail import services
from trail.actor import Actor
from trail.sealing import sealer, witnesses


@shared_task
def make_partitions() -> None:
    """Make the partitions of the coming 18 months, where they are missing."""
    services.make_partitions(by=Actor.system("trail.partitions"), at=services.clock())


@shared_task
def seal() -> None:
    """Seal what is new, and exchange checkpoints with the witness."""
    by = Actor.system("trail.seal")
    while sealer.seal(by=by, at=services.clock()):
        pass
    witnesses.exchange(by=by, at=services.clock())


@shared_task
def seal_everything() -> None:
    """Hash every leaf anew and seal whatever lies without one, however old."""
    by = Actor.system("trail.seal")
    while sealer.seal(by=by, at=services.clock(), everything=True):
        pass


@shared_task
def mail_checkpoint() -> None:
    """Mail the newest checkpoint to those who keep it."""
    witnesses.mail(by=Actor.system("trail.witness"), at=services.clock())
