"""Seconds of a processor: of this process, its helpers that have ended, and the database's processes that serve it.

Unlike a clock they do not depend on what else the machine does, and work on two cores counts twice.
"""

import os
import resource
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import connections

_USER, _SYSTEM = 11, 12
"""Places behind the name in /proc/PID/stat (proc(5))."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds since a beginning."""

    clock: float
    ours: float
    database: float

    @property
    def processor(self) -> float:
        """All seconds of a processor."""
        return self.ours + self.database


class Meter:
    """Begun when it is made. A database on another host is left out: its processes are not to be seen."""

    def __init__(self) -> None:
        self._servers = [_server(alias) for alias in ("default", "keyring")]
        self._began = self._now()

    def spent(self) -> Spent:
        """Return what was spent since."""
        return Spent(*(now - then for now, then in zip(self._now(), self._began, strict=True)))

    def _now(self) -> tuple[float, float, float]:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        ours = sum(one.ru_utime + one.ru_stime for one in used)
        return time.perf_counter(), ours, sum(map(_seconds, self._servers))


def _server(alias: str) -> int:
    with connections[alias].cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _seconds(pid: int) -> float:
    with suppress(OSError):
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[_USER]) + int(stat[_SYSTEM])) / os.sysconf("SC_CLK_TCK")
    return 0.0
