"""Background work of access: ids in, one service call."""

from uuid import UUID

from celery import shared_task

from access import masked_run
from access.aggregates import run as aggregates_run
from access.consent_import import run
from access.services import aggregates, review_endings, reviews
from jobs import running
from trail.actor import Actor
from trail.services import clock


@shared_task(name="access.tasks.check_consent_import")
def check_consent_import(id: str) -> None:
    """Try an import of consents out."""
    running.run(UUID(id), run.check)


@shared_task(name="access.tasks.run_consent_import")
def run_consent_import(id: str) -> None:
    """Record the consents of a file."""
    running.run(UUID(id), run.run)


@shared_task(name="access.tasks.count_portfolios")
def count_portfolios(id: str) -> None:
    """Count portfolios for analysts."""
    running.run(UUID(id), aggregates_run.run)


@shared_task(name="access.tasks.start_aggregates")
def start_aggregates() -> None:
    """Start tonight's count."""
    aggregates.start(by=Actor.system(aggregates_run.AGGREGATES), at=clock())


@shared_task(name="access.tasks.make_masked_dataset")
def make_masked_dataset(id: str) -> None:
    """Make a masked data set."""
    running.run(UUID(id), masked_run.run)


@shared_task(name="access.tasks.start_review")
def start_review() -> None:
    """Start the permission review of this quarter."""
    reviews.start_quarterly(by=Actor.system("access.review"), at=clock())


@shared_task(name="access.tasks.tend_reviews")
def tend_reviews() -> None:
    """Warn those who have not decided, take away what lapsed, verify that it is gone, close what is done."""
    by, at = Actor.system("access.review"), clock()
    reviews.warn(by=by, at=at)
    review_endings.end_lapsed(by=by, at=at)
    review_endings.verify(by=by, at=at)
    review_endings.close(by=by, at=at)
