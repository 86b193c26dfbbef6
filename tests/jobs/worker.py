"""A real Celery worker on the test databases, with a broker of its own, to be killed at will."""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from celery import current_app
from django.conf import settings
from django.db import connections
from psycopg.conninfo import make_conninfo

from tests.database import APP, WORKER
from tests.processes import Forked, fork_worker

DEADLINE = 60.0
BROKER = "CELERY_BROKER_URL"


def eventually(true: Callable[[], object], *, what: str, deadline: float = DEADLINE) -> None:
    """Ask again and again until it is true, or fail saying what was waited for."""
    ends = time.monotonic() + deadline
    while not true():
        assert time.monotonic() < ends, f"waited {deadline:.0f} s for {what}"
        time.sleep(0.02)


class Worker:
    """One worker process group, in the roles that production gives it."""

    def __init__(self, broker: str, *include: str) -> None:
        self._broker = broker
        self._include = include
        self._process: Forked | None = None

    def start(self) -> None:
        """Start it; tasks wait in the broker until it is up."""
        include = [f"--include={','.join(self._include)}"] if self._include else []
        self._process = fork_worker(os.environ | self._environment(), "--without-heartbeat", *include)

    def kill(self) -> None:
        """Kill it with all its children, as a power cut would."""
        if self._process is not None:
            self._process.kill()

    def stop(self) -> None:
        """Let it end."""
        if self._process is not None:
            self._process.stop()

    def _environment(self) -> dict[str, str]:
        return {
            BROKER: self._broker,
            "DATABASE_URL": _conninfo("default", APP["default"]),
            "KEYRING_DATABASE_URL": _conninfo("keyring", WORKER["keyring"]),
        }


@contextmanager
def worker(*include: str) -> Iterator[Worker]:
    """Give a worker, not yet started, that hears what this process sends, and no other test's messages.

    :param include: modules with tasks of the test.
    """
    with own_broker() as broker:
        ours = Worker(broker, *include)
        try:
            yield ours
        finally:
            ours.kill()


@contextmanager
def own_broker() -> Iterator[str]:
    """Send this process's messages to a Redis database that no other test uses."""
    number = 15 - int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    with broker_at(_numbered(settings.CELERY_BROKER_URL, number)) as url:
        current_app.control.purge()
        yield url


@contextmanager
def broker_at(url: str) -> Iterator[str]:
    """Send this process's messages to another broker."""
    before = os.environ.get(BROKER)
    _use(url)
    try:
        yield url
    finally:
        _use(before)


def _use(url: str | None) -> None:
    os.environ.pop(BROKER, None)
    if url is not None:
        os.environ[BROKER] = url  # Celery believes it before any setting
    # Both keep the first address that they saw.
    current_app.__dict__["_pool"] = None
    current_app.amqp.__dict__["_producer_pool"] = None


def _numbered(url: str, number: int) -> str:
    if "virtual_host=" in url:
        return re.sub(r"virtual_host=[^&]*", f"virtual_host={number}", url)
    return urlunsplit(urlsplit(url)._replace(path=f"/{number}"))


def _conninfo(alias: str, login: dict[str, str]) -> str:
    held = connections[alias].settings_dict
    return make_conninfo(
        dbname=held["NAME"],
        host=held["HOST"],
        port=held["PORT"] or None,
        user=login["USER"],
        password=login["PASSWORD"],
    )
