"""Real processes on the test databases: management commands, and Celery workers that can be killed."""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from psycopg.conninfo import make_conninfo

from custinfo.servers.running import RESTRICTED_ONLY
from custinfo.servers.running import restricted_environment as narrowed

BASE_DIR = Path(__file__).resolve().parents[1]
READY_SECONDS = 60.0


def wait_until(done: Callable[[], bool], seconds: float = READY_SECONDS, what: str = "it") -> None:
    """Poll until `done`, failing after so many seconds."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.02)


def environment(*, keyring: str = "KEYRING_DATABASE_URL") -> dict[str, str]:
    """Return the environment of a process on the databases and the queue of this test run: of the main site."""
    return {name: value for name, value in everything(keyring=keyring).items() if name not in RESTRICTED_ONLY}


def restricted_environment(**changes: str) -> dict[str, str]:
    """Return the environment of the restricted host on the databases of this test run."""
    return narrowed(everything() | changes)


def everything(*, keyring: str = "KEYRING_DATABASE_URL") -> dict[str, str]:
    """Return the variables of all processes on the databases and the queue of this test run."""
    from django.db import connections

    from custinfo.celery import app

    names = dict(os.environ)
    for alias, name in (
        ("default", "DATABASE_URL"),
        ("keyring", keyring),
        ("restricted", "RESTRICTED_DATABASE_URL"),
        ("default", "RESTRICTED_MAIN_DATABASE_URL"),
    ):
        database = str(connections[alias].settings_dict["NAME"])
        names[name.replace("_WORKER", "")] = make_conninfo(os.environ[name], dbname=database)
    return names | {"CELERY_BROKER_URL": str(app.conf.broker_url), "PYTHONUNBUFFERED": "1"}


def manage(*words: str, **extra: str) -> "subprocess.CompletedProcess[str]":
    """Run `manage.py` on the test databases; the caller looks at the exit code."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=BASE_DIR,
        env=environment() | extra,
        capture_output=True,
        text=True,
        check=False,
    )


class Forked:
    """A process group that a warm process forked."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        try:
            self._ended: int | None = os.pidfd_open(pid)
        except ProcessLookupError:
            self._ended = None

    def runs(self, seconds: float = 0.0) -> bool:
        """Tell whether it still runs after so many seconds; return at once when it ends."""
        if self._ended is not None and select.select([self._ended], [], [], seconds)[0]:
            os.close(self._ended)
            self._ended = None
        return self._ended is not None

    def kill(self) -> None:
        """Kill it and its children at once, as the kernel would."""
        if self.runs():
            os.killpg(self.pid, signal.SIGKILL)
        assert not self.runs(READY_SECONDS)

    def stop(self) -> None:
        """Let it finish what it does, then end it."""
        if self.runs():
            os.kill(self.pid, signal.SIGTERM)
        assert not self.runs(READY_SECONDS)


WARM: dict[frozenset[tuple[str, str]], "subprocess.Popen[str]"] = {}
"""Processes that fork workers, by their environment; they end with this one."""
MOST_WARM = 3
OF_THE_TEST = {"PYTEST_CURRENT_TEST"}


def fork_worker(names: dict[str, str], *words: str) -> Forked:
    """Start `celery worker` with one child process in an environment: forked from a process that imported it all."""
    given = {name: value for name, value in names.items() if name not in OF_THE_TEST}
    key = frozenset(given.items())
    if key not in WARM:
        while len(WARM) >= MOST_WARM:
            _end(WARM.pop(next(iter(WARM))))
        pipe, command = subprocess.PIPE, [sys.executable, "-m", "tests.warm"]
        WARM[key] = subprocess.Popen(command, cwd=BASE_DIR, env=given, stdin=pipe, stdout=pipe, text=True)
    warm = WARM[key]
    assert warm.stdin
    assert warm.stdout
    usual = ("--app=custinfo", "worker", "--concurrency=1", "--without-mingle", "--without-gossip")
    print(json.dumps([*usual, "--loglevel=warning", *words]), file=warm.stdin, flush=True)
    return Forked(int(warm.stdout.readline()))


@atexit.register
def _end_all() -> None:
    for process in WARM.values():
        _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    process.communicate()  # it ends with its input
    assert process.returncode == 0


class Worker:
    """One Celery worker with one child process, ready when made."""

    def __init__(self) -> None:
        self.process = fork_worker(environment(keyring="KEYRING_DATABASE_WORKER_URL"))
        try:
            wait_until(self._answers, what="the Celery worker")
        except BaseException:
            self.kill()  # nobody else can: whoever asked for it never gets it
            raise

    def _answers(self) -> bool:
        from custinfo.celery import app

        assert self.process.runs(), "the Celery worker ended"
        return bool(app.control.ping(timeout=0.3))

    def kill(self) -> None:
        """Kill the worker and its children at once, as the kernel would."""
        self.process.kill()

    def stop(self) -> None:
        """Let it finish what it does, then end it."""
        self.process.stop()
