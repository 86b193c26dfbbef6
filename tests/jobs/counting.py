"""A tiny kind of job for the tests: it counts to its total and leaves one row for each number."""

from datetime import timedelta
from uuid import UUID

import redis
from celery import shared_task
from django.conf import settings
from django.db import transaction

from jobs import registry, running
from jobs.models import Job

KIND = "tests.count"
COUNTED = "tests.counted"
registry.register(KIND, "tests.jobs.counting.count", lease=timedelta(seconds=2))


def gate() -> redis.Redis:
    """Return the Redis through which test and worker wait for each other."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=90)


@shared_task(name="tests.jobs.counting.count")
def count(id: str) -> None:
    """Work on one job."""
    running.run(UUID(id), work)


def work(turn: running.Turn) -> dict[str, object]:
    """Count on from the cursor; where the parameters say so, the first attempt waits inside a batch."""
    job = turn.job
    first = job.attempts == 1
    for number in range(int(job.cursor.get("last", 0)) + 1, (job.total or 0) + 1):
        with transaction.atomic():
            Job.objects.create(kind=COUNTED, owner_number=str(number), created_at=turn.at, nudged_at=turn.at)
            if first and number == job.parameters.get("wait_at"):
                gate().lpush(f"reached:{job.id}", 1)
                gate().blpop(f"go_on:{job.id}", timeout=60)
            turn.progress(done=number, cursor={"last": number})
    return {"counted": job.total}


def counted() -> list[int]:
    """Return the numbers that were counted, each as often as it was."""
    return sorted(
        int(number) for number in Job.objects.filter(kind=COUNTED).values_list("owner_number", flat=True)
    )
