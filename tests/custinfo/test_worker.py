"""A real worker takes work from the queue of this test run, and a killed one does not lose it."""

from collections.abc import Callable

from custinfo.celery import app
from tests.processes import Worker, wait_until


def test_takes_what_is_queued(start_worker: Callable[[], Worker]) -> None:
    with app.connection_for_read() as connection:
        queue = connection.default_channel
        app.send_task("trail.tasks.make_partitions")
        start_worker()
        wait_until(lambda: queue.client.llen("celery") == 0, what="an empty queue")
