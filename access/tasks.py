"""Background work of access: ids in, one service call."""

from uuid import UUID

from celery import shared_task

from access.consent_import import run
from jobs import running


@shared_task(name="access.tasks.check_consent_import")
def check_consent_import(id: str) -> None:
    """Try an import of consents out."""
    running.run(UUID(id), run.check)


@shared_task(name="access.tasks.run_consent_import")
def run_consent_import(id: str) -> None:
    """Record the consents of a file."""
    running.run(UUID(id), run.run)
