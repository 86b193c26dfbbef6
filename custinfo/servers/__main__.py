"""`python -m custinfo.servers [--test] [--inside NAME] -- command …`: run a command with servers, ours or others.

With DATABASE_URL in the environment the command uses those servers. When another process runs servers on
the same data directory (the demo, say) the command joins them; `--test` never does.
"""

import argparse
import os
import signal
import subprocess
import sys
from types import FrameType

from custinfo.servers.place import Place
from custinfo.servers.processes import die_with_parent
from custinfo.servers.running import Servers, ServersInUse, data_dir, elsewhere, environment


def run(command: list[str], names: dict[str, str]) -> int:
    """Run the command to its end, handing on the signals that ask us to stop; return its exit code."""
    child: subprocess.Popen[bytes] | None = None
    early: list[int] = []

    def hand_on(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT and sys.stdin.isatty():
            return  # the terminal has told the command already
        if child is None:
            early.append(number)
        elif child.poll() is None:
            child.send_signal(number)

    # Before the command starts: a script's `&` has SIGINT ignored, and the command would inherit that.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, hand_on)
    child = subprocess.Popen(command, env=os.environ | names, preexec_fn=die_with_parent(signal.SIGTERM))
    for asked in early:
        child.send_signal(asked)
    code = child.wait()
    return code if code >= 0 else 128 - code


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m custinfo.servers", description=__doc__)
    parser.add_argument("--test", action="store_true", help="a cluster of its own, fast and not durable")
    parser.add_argument(
        "--inside", default="", metavar="NAME", help="another cluster inside the data directory"
    )
    parser.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    command = asked.command[1:] if asked.command[:1] == ["--"] else asked.command
    if not command:
        parser.error("name a command after --")
    if os.environ.get("DATABASE_URL"):
        return run(command, _for_named_servers() if asked.test else {})
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    signal.signal(signal.SIGHUP, lambda number, frame: sys.exit(128 + number))
    try:
        with Servers(for_tests=asked.test, inside=asked.inside) as servers:
            return run(command, servers.environment)
    except ServersInUse as used:
        if asked.test:
            print(used, file=sys.stderr)
            return 1
        return run(command, environment(Place(data_dir(asked.inside)), for_tests=False))


def _for_named_servers() -> dict[str, str]:
    place = Place(data_dir("test"))
    return elsewhere(place, os.environ) | {"CUSTINFO_MODE": "test"}


if __name__ == "__main__":
    sys.exit(main())
