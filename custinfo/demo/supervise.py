"""Children that are kept alive together and stopped in order."""

import os
import signal
import subprocess
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from custinfo.servers.processes import die_with_parent, stop

FAST_ENDS = 5
FAST_WINDOW = 60.0
STOP_SECONDS = 20.0


class GaveUp(Exception):
    """A child ended again and again; the message names it and its log."""


@dataclass
class Child:
    """One process that is started again when it ends by itself."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    ends: "deque[float]" = field(default_factory=lambda: deque(maxlen=FAST_ENDS))

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # the order of stopping is ours, not the terminal's
                # Not a request to end: a worker that has just lost its queue would try to reach it for minutes.
                preexec_fn=die_with_parent(signal.SIGKILL),
            )

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, (signal.SIGTERM, STOP_SECONDS))
            _end_group(self.process.pid)

    def keep(self) -> None:
        """Start again when it has ended.

        :raises GaveUp: when it ended five times within a minute.
        """
        if self.process is None or self.process.poll() is None:
            return
        _end_group(self.process.pid)
        now = time.monotonic()
        self.ends.append(now)
        if len(self.ends) == FAST_ENDS and now - self.ends[0] < FAST_WINDOW:
            raise GaveUp(f"{self.name} does not stay up; see {self.log}.")
        self.start()


def _end_group(pid: int) -> None:
    """End what a child left behind: each child leads a session of its own."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
