"""Background work of customers: ids in, one service call."""

from uuid import UUID

from celery import shared_task

from customers.discovery import run as discovery
from customers.imports import run
from customers.reindex import run as reindexing
from customers.rekey import run as rekeying
from customers.relabel import following
from customers.relabel import run as relabelling
from customers.services import doubts
from customers.verification import run as verification
from jobs import running
from trail.actor import Actor
from trail.services import clock


@shared_task(name="customers.tasks.check_import")
def check_import(id: str) -> None:
    """Try an import out."""
    running.run(UUID(id), run.check)


@shared_task(name="customers.tasks.run_import")
def run_import(id: str) -> None:
    """Import customers."""
    running.run(UUID(id), run.run)


@shared_task(name="customers.tasks.relabel")
def relabel(id: str) -> None:
    """Move the values of a field to where its label wants them."""
    running.run(UUID(id), relabelling.run)


@shared_task(name="customers.tasks.sweep_labels")
def sweep_labels() -> None:
    """Start moving what was written while a label changed."""
    following.sweep(at=clock())


@shared_task(name="customers.tasks.run_discovery")
def run_discovery(id: str) -> None:
    """Look for values that look like a higher level than their label."""
    running.run(UUID(id), discovery.look)


@shared_task(name="customers.tasks.start_discovery")
def start_discovery() -> None:
    """Start this month's discovery run unless it was started already."""
    doubts.start_monthly(by=Actor.system("customers.discovery"), at=clock())


@shared_task(name="customers.tasks.rekey")
def rekey(id: str) -> None:
    """Rotate data keys."""
    running.run(UUID(id), rekeying.rekey)


@shared_task(name="customers.tasks.reseal")
def reseal(id: str) -> None:
    """Move values to another suite."""
    running.run(UUID(id), rekeying.change_suite)


@shared_task(name="customers.tasks.reindex")
def reindex(id: str) -> None:
    """Change the epoch of the blind index."""
    running.run(UUID(id), reindexing.reindex)


@shared_task(name="customers.tasks.run_verification")
def run_verification(id: str) -> None:
    """Compare every value with the trail."""
    running.run(UUID(id), verification.verify)


@shared_task(name="customers.tasks.start_verification")
def start_verification() -> None:
    """Start this week's verification of the values unless it was started already."""
    verification.start_due(by=Actor.system(verification.VERIFY), at=clock())
