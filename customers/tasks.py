"""Background work of customers: ids in, one service call."""

from uuid import UUID

from celery import shared_task

from customers.imports import run
from customers.relabel import following
from customers.relabel import run as relabelling
from jobs import running
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
