"""Background work of the audit: ids in, one service call."""

from uuid import UUID

from celery import shared_task

from audit import run
from audit.archive import run as archiving
from audit.services import alarms, archive, audits, decoys, holding, reports
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


@shared_task(name="audit.tasks.run_audit")
def run_audit(id: str) -> None:
    """Examine the period of an audit."""
    running.run(UUID(id), run.examine)


@shared_task(name="audit.tasks.run_alerts")
def run_alerts(id: str) -> None:
    """Look through today for alerts."""
    running.run(UUID(id), run.look_hourly)


@shared_task(name="audit.tasks.start_audit")
def start_audit() -> None:
    """Start the audit of the month before unless it was started already."""
    audits.start_monthly(by=Actor.system("audit.monthly"), at=clock())


@shared_task(name="audit.tasks.write_report")
def write_report() -> None:
    """Write the report of the month before once its audit has examined it."""
    reports.write_monthly(by=Actor.system("audit.report"), at=clock())


@shared_task(name="audit.tasks.start_alerts")
def start_alerts() -> None:
    """Start the hourly look for alerts."""
    run.start_hourly(by=Actor.system("audit.alerts"), at=clock())


@shared_task(name="audit.tasks.sweep_alarms")
def sweep_alarms() -> None:
    """Make findings of events that alarm."""
    try:
        alarms.sweep(by=Actor.system("audit.alarms"), at=clock())
    except holding.SignedMeanwhile:
        return  # the next minute finds them
