"""Python with everything imported that a Celery worker imports: forks one worker for each line that it reads.

A worker takes three seconds of a processor to import what it needs, and tests that kill workers start sixty of them.
What is forked here has done nothing else yet: no connection, no thread, no task. From there on it is `celery worker`.
"""

import gc
import json
import os
import signal
import sys


def main() -> None:
    """Fork a worker with the words of each line of standard input, and print its process number."""
    _import()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who ended is not waited for here
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become(json.loads(line))
        print(pid, flush=True)


def _import() -> None:
    import celery.apps.worker
    import celery.bin.celery
    import celery.concurrency.prefork  # noqa: F401
    import kombu.transport.redis  # noqa: F401

    from custinfo.celery import app

    app.loader.import_default_modules()
    import custinfo.urls  # noqa: F401  # which the checks of a start import


def _become(words: list[str]) -> None:
    from celery.__main__ import main as celery

    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    sys.argv = ["celery", *words]
    celery()  # ends in SystemExit


if __name__ == "__main__":
    main()
