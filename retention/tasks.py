"""Background work of endings and of copies: ids in, one call."""

from uuid import UUID

from celery import shared_task

from consent.services.endings import rewrite_answers
from customers.erasing import rewrite_open_values
from jobs import running
from retention.destroying import concluding, run, singles
from retention.services import backups, batches, floors, listing
from trail.actor import Actor
from trail.rewriting import StillRead
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


@shared_task(
    name="retention.tasks.rewrite",
    autoretry_for=(StillRead,),
    retry_backoff=600,
    retry_backoff_max=6 * 3600,
    max_retries=8,
)
def rewrite() -> None:
    """Rewrite the tables of open values and of answers, so that erased bytes leave their files (security.md §1).

    Where somebody still reads them as they were it comes again, from ten minutes on, until the next day.
    """
    rewrite_open_values()
    rewrite_answers()


@shared_task(name="retention.tasks.list_due")
def list_due() -> None:
    """List what is due today, propose to destroy what nothing keeps any longer, and end what only a floor kept."""
    by, at = Actor.system(listing.LISTER), clock()
    listing.list_due(by=by, at=at)
    batches.propose_listed(by=by, at=at)
    floors.end_over(by=by, at=at)
