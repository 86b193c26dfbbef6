"""Background work of access: ids in, one service call."""

import logging
from collections.abc import Callable, Iterable
from traceback import extract_tb
from uuid import UUID

from celery import shared_task

from access import masked_run
from access.aggregates import run as aggregates_run
from access.consent_import import run
from access.services import aggregates, originals, review_endings, reviews
from files import apart
from jobs import running
from trail.actor import Actor
from trail.services import clock

log = logging.getLogger(__name__)


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


@shared_task(name="access.tasks.move_originals")
def move_originals() -> None:
    """Hand signed originals over to L4, and destroy those here that it has taken in."""
    if apart.is_set_up():
        _each(originals.due(clock()), originals.hand_over)
    _each(originals.taken(clock()), originals.destroy_here)


def _each(ids: Iterable[UUID], act: Callable[..., None]) -> None:
    """Do one after the other; one that fails does not hold up the others and is tried again."""
    for id in ids:
        try:
            act(id, by=Actor.system("access.move_originals"), at=clock())
        except Exception as error:  # noqa: BLE001  whatever it is, the others are moved
            # SECURITY: the type and the place only: messages of errors may carry values.
            place = extract_tb(error.__traceback__)[-1]
            log.error("original %s: %s at %s:%s", id, type(error).__name__, place.filename, place.lineno)


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
