"""Real processes on the test databases: management commands, and Celery workers that can be killed."""

import os
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


class Worker:
    """One Celery worker with one child process, ready when made."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "--app=custinfo", "worker", "--concurrency=1"),
                *("--without-mingle", "--without-gossip", "--loglevel=warning"),
            ],
            cwd=BASE_DIR,
            env=environment(keyring="KEYRING_DATABASE_WORKER_URL"),
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_until(self._answers, what="the Celery worker")
        except BaseException:
            self.kill()  # nobody else can: whoever asked for it never gets it
            raise

    def _answers(self) -> bool:
        from custinfo.celery import app

        assert self.process.poll() is None, f"the Celery worker ended with {self.process.returncode}"
        return bool(app.control.ping(timeout=0.3))

    def kill(self) -> None:
        """Kill the worker and its children at once, as the kernel would."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Let it finish what it does, then end it."""
        self.process.terminate()
        self.process.wait(READY_SECONDS)
