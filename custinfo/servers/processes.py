"""Child processes that cannot outlive us: the kernel signals them when we die, however we die."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """Return a `preexec_fn` that asks the kernel to send `death_signal` when this process is gone.

    It must run after any change of user, which clears the request; `subprocess` does it in that order.
    """
    parent = os.getpid()

    def ask() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # we died between fork and prctl
            os._exit(1)

    return ask


def stop(process: "subprocess.Popen[bytes]", *escalation: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn until the process ends, waiting seconds after each; SIGKILL at last."""
    for number, seconds in escalation:
        if process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return
    process.kill()
    process.wait()
