"""Background work of custody: ids in, one call."""

from uuid import UUID

from celery import shared_task

from custody import run
from custody.services import reminders
from jobs import running
from trail.actor import Actor
from trail.services import clock


@shared_task(name="custody.tasks.act_on_kek")
def act_on_kek(id: str) -> None:
    """Carry out a signed act on a KEK."""
    running.run(UUID(id), run.kek)


@shared_task(name="custody.tasks.rewrap")
def rewrap(id: str) -> None:
    """Wrap data keys anew."""
    running.run(UUID(id), run.rewrap)


@shared_task(name="custody.tasks.remind")
def remind() -> None:
    """Tell the custodians what is overdue."""
    reminders.remind(by=Actor.system("custody.remind"), at=clock())
