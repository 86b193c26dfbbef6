"""Background work of the audit: ids in, one service call."""

from uuid import UUID

from celery import shared_task

from audit.archive import run as archiving
from audit.services import archive, decoys
from jobs import running
from trail.actor import Actor
from trail.services import clock


@shared_task(name="audit.tasks.archive_trail")
def archive_trail(id: str) -> None:
    """Archive the months of a signed proposal."""
    running.run(UUID(id), archiving.run)


@shared_task(name="audit.tasks.tell_of_due_months")
def tell_of_due_months() -> None:
    """Tell the officers when months of the trail may leave for the archive."""
    archive.tell_of_due(by=Actor.system(archiving.ARCHIVE), at=clock())


@shared_task(name="audit.tasks.destroy_archive")
def destroy_archive(id: str) -> None:
    """Destroy the archive that a signed proposal names."""
    running.run(UUID(id), archiving.destroy)


@shared_task(name="audit.tasks.sweep_decoys")
def sweep_decoys() -> None:
    """Raise the alarm for decoys that were touched."""
    decoys.sweep(by=Actor.system("audit.sweep_decoys"), at=clock())
