"""Background work of endings and of copies: ids in, one call."""

from uuid import UUID

from celery import shared_task

from customers.erasing import rewrite_open_values
from jobs import running
from retention.destroying import concluding, run, singles
from retention.services import backups, batches, listing
from trail.actor import Actor
from trail.services import clock


@shared_task(name="retention.tasks.tend_backups")
def tend_backups() -> None:
    """Make the backups that are due, remove those past their life, remind of what is overdue."""
    backups.tend(by=Actor.system("retention.backups"), at=clock())


@shared_task(name="retention.tasks.destroy")
def destroy(id: str) -> None:
    """Destroy an approved batch."""
    running.run(UUID(id), run.run)


@shared_task(name="retention.tasks.conclude")
def conclude() -> None:
    """Name single L4 values in the journal; write the records of batches that only waited for the restricted host."""
    singles.note(at=clock())
    concluding.conclude_waiting(at=clock())


@shared_task(name="retention.tasks.rewrite")
def rewrite() -> None:
    """Rewrite the tables of open values, so that the bytes of what was erased leave their files (security.md §1)."""
    rewrite_open_values()


@shared_task(name="retention.tasks.list_due")
def list_due() -> None:
    """List what is due today, and propose to destroy what nothing keeps any longer."""
    by, at = Actor.system(listing.LISTER), clock()
    listing.list_due(by=by, at=at)
    batches.propose_listed(by=by, at=at)
