"""A whole site of its own: private servers, a web process and a Celery worker, on a data directory that is thrown away.

What other tests left behind cannot be found there, and what it leaves behind can be searched to the last byte.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg

from custinfo.servers import Servers, credentials
from custinfo.servers.place import Place
from custinfo.servers.processes import stop
from custinfo.servers.running import BASE_DIR, public_environment, restricted_environment
from tests import templates
from tests.processes import wait_until

OWNERS = ("DATABASE_OWNER_URL", "KEYRING_DATABASE_OWNER_URL", "KEYRING_DATABASE_WORKER_URL")
DATABASES = {"default": "custinfo", "keyring": "custinfo_keyring", "restricted": "custinfo_restricted"}
STOP = ((signal.SIGTERM, 20.0),)
FROM_OUTSIDE = ("CELERY_BROKER_URL", "CUSTINFO_MODE", "DATABASE_URL", "REDIS_URL", *Place(Path()).key_files)


def free_port() -> int:
    """Return a port that is free, and so are the next two: of the public pages, and of the restricted host."""
    while True:
        with socket.socket() as probe, socket.socket() as public, socket.socket() as restricted:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            try:
                public.bind(("127.0.0.1", port + 1))
                restricted.bind(("127.0.0.1", port + 2))
            except (OSError, OverflowError):
                continue
            return port


def superuser_of(servers: Servers, database: str) -> str:
    """Return the address of the servers' own superuser."""
    held = credentials.keep(servers.place.secrets)
    return servers._postgres.url("postgres", held["postgres"], database)  # type: ignore[union-attr]


class Site:
    """Context manager: the site runs inside it, and nothing is left of it outside.

    :param mode: "test" (empty until seeded) or "demo" (with the demo's people, customers and history).
    """

    def __init__(self, where: Path, *, mode: str = "test") -> None:
        self.where = where
        self.mode = mode
        self.port = free_port()
        self.servers = Servers(for_tests=True, inside=str(where))
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.names: dict[str, str] = {}

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def logs(self) -> Path:
        return self.where / "logs"

    @property
    def directories(self) -> list[Path]:
        """Everywhere this site may have written: root's PostgreSQL lies apart where others may not pass."""
        place = self.servers.place
        return list(dict.fromkeys([place.data_dir, place.server_home, place.sockets]))

    def __enter__(self) -> Site:
        self.servers.__enter__()
        try:
            self._prepare()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in list(self.running):
            self.end(name)
        self.servers.stop()
        for directory in self.directories:
            shutil.rmtree(directory, ignore_errors=True)

    def _prepare(self) -> None:
        outside = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
        temporary = self.where / "tmp"
        temporary.mkdir()
        self.names = outside | self.servers.environment
        self.names |= {"CUSTINFO_MODE": self.mode, "PORT": str(self.port), "TMPDIR": str(temporary)}
        self.names |= {"WEB_BIND": f"127.0.0.1:{self.port}", "WEB_WORKERS": "1", "PYTHONUNBUFFERED": "1"}
        self.names |= {"STATIC_ROOT": str(self.where / "static")}
        for alias in ("default", "keyring"):
            self._fill(alias)
        if self.mode == "demo":
            collecting = self._start(["manage.py", "collectstatic", "--noinput", "-v0"], self.names)
            assert collecting.wait() == 0, (self.logs / "commands.log").read_text()[-3000:]

    def _fill(self, alias: str) -> None:
        templates.restore(alias, superuser_of(self.servers, DATABASES[alias]))

    def _start(
        self, words: list[str], names: dict[str, str], log: str = "commands"
    ) -> subprocess.Popen[bytes]:
        with (self.logs / f"{log}.log").open("ab") as out:
            return subprocess.Popen(
                [sys.executable, *words],
                cwd=BASE_DIR,
                env=names,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def manage(self, *words: str) -> None:
        """Run a management command as the limited roles."""
        process = self._start(["manage.py", *words], self._limited())
        assert process.wait() == 0, (self.logs / "commands.log").read_text()[-3000:]

    def run(self, module: str, *words: str, as_worker: bool = False) -> Any:
        """Run a module of the tests on this site, and return the JSON that it prints."""
        done = subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=BASE_DIR,
            env=self._of_worker() if as_worker else self._limited(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    def _limited(self) -> dict[str, str]:
        return {name: value for name, value in self.names.items() if name not in OWNERS}

    def _of_worker(self) -> dict[str, str]:
        return self._limited() | {"KEYRING_DATABASE_URL": self.names["KEYRING_DATABASE_WORKER_URL"]}

    def start_web(self, *words: str) -> None:
        """Start the web process as production does, and wait for its first page."""
        command = ["-m", "gunicorn", "--config=deploy/gunicorn.py", *words, "custinfo.wsgi"]
        self.running["web"] = self._start(command, self._limited(), "web")
        wait_until(self._answers, what="the web process")

    def start_public(self) -> None:
        """Start the pages that customers open, with their narrow login and without any key."""
        names = public_environment(self.names)
        names |= {"WEB_BIND": f"127.0.0.1:{self.port + 1}", "PORT": str(self.port)}
        command = ["-m", "gunicorn", "--config=deploy/gunicorn.py", "custinfo.wsgi"]
        self.running["public"] = self._start(command, names, "public")
        wait_until(lambda: self._answers("public", self.port + 1, "/en/"), what="the public process")

    def start_restricted(self) -> str:
        """Start the restricted host with its own database, logins and keys; return its address."""
        self._fill("restricted")
        names = self._apart() | {"WEB_BIND": f"127.0.0.1:{self.port + 2}"}
        command = ["-m", "gunicorn", "--config=deploy/gunicorn.py", "custinfo.wsgi"]
        self.running["restricted"] = self._start(command, names, "restricted")
        wait_until(
            lambda: self._answers("restricted", self.port + 2, "/en/login/"), what="the restricted host"
        )
        return f"http://localhost:{self.port + 2}"

    def manage_restricted(self, *words: str) -> str:
        """Run a management command on the restricted host; return what it says."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=BASE_DIR,
            env=self._apart(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def _apart(self) -> dict[str, str]:
        names = restricted_environment(self.names)
        return {name: value for name, value in names.items() if name != "RESTRICTED_DATABASE_OWNER_URL"}

    def start_worker(self) -> None:
        """Start a worker with the rights that production gives it, unless one is at work already."""
        if "worker" in self.running:
            return
        names = self._of_worker()
        words = ["-m", "celery", "--app=custinfo", "worker", "--concurrency=1", "--loglevel=info"]
        words += ["--without-mingle", "--without-gossip"]
        self.running["worker"] = self._start(words, names, "worker")

    def stop_database_at_once(self) -> None:
        """Do what `pg_ctl stop -m immediate` does: no checkpoint, nobody is waited for."""
        server = self.servers._postgres
        assert server is not None
        assert server.process is not None
        server.process.send_signal(signal.SIGQUIT)
        server.process.wait(60)

    def start_database(self) -> None:
        """Start PostgreSQL again, on what the disk holds, where it does not run."""
        server = self.servers._postgres
        assert server is not None
        if server.process is None or server.process.poll() is not None:
            server.start()

    def end(self, name: str) -> None:
        """Let one process end by itself."""
        process = self.running.pop(name, None)
        if process is not None:
            stop(process, *STOP)

    def _answers(self, name: str = "web", port: int = 0, page: str = "/account/login/") -> bool:
        process = self.running[name]
        assert process.poll() is None, (self.logs / f"{name}.log").read_text()[-3000:]
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=30)
        try:
            connection.request("GET", page)
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def database(self, alias: str, *, owner: bool = True) -> psycopg.Connection[Any]:
        """Log in to one of its databases, as the owner or as the limited role."""
        name = {"default": "DATABASE", "keyring": "KEYRING_DATABASE"}[alias]
        return psycopg.connect(self.names[f"{name}_OWNER_URL" if owner else f"{name}_URL"], autocommit=True)

    def superuser(self, database: str) -> psycopg.Connection[Any]:
        """Log in as the servers' own superuser, for what only it may do."""
        return psycopg.connect(superuser_of(self.servers, database), autocommit=True)
