"""Background work of customers: ids in, one service call."""

from uuid import UUID

from celery import shared_task

from customers.imports import run
from jobs import running


@shared_task(name="customers.tasks.check_import")
def check_import(id: str) -> None:
    """Try an import out."""
    running.run(UUID(id), run.check)


@shared_task(name="customers.tasks.run_import")
def run_import(id: str) -> None:
    """Import customers."""
    running.run(UUID(id), run.run)
