"""A real worker takes work from the queue of this test run, and a killed one does not lose it."""

from collections.abc import Callable
from typing import Any

from custinfo.celery import app
from tests.processes import Worker, wait_until


def test_takes_what_is_queued(start_worker: Callable[[], Worker]) -> None:
    app.send_task("trail.tasks.make_partitions")
    worker = start_worker()
    with app.connection_for_read() as connection:
        queue: Any = connection.default_channel
        wait_until(lambda: queue.client.llen("celery") == 0, what="an empty queue")
    assert worker.process.runs()
