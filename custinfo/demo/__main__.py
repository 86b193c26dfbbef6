"""`python -m custinfo.demo`: set up, start and keep the demo until Ctrl-C, SIGTERM or SIGHUP."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from custinfo.demo import custody
from custinfo.demo.supervise import Child, GaveUp
from custinfo.servers import Servers, ServersInUse
from custinfo.servers.postgres import PostgresFailed
from custinfo.servers.processes import die_with_parent
from custinfo.servers.redis_server import RedisFailed
from custinfo.servers.running import RESTRICTED_ONLY, public_environment, restricted_environment
from trail.standalone import witness

BASE_DIR = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
FIRST_PAGE = "/account/login/"
PUBLIC_PAGE = "/en/"
RESTRICTED_PAGE = "/en/login/"
ANSWER_SECONDS = 60.0
OWNERS = ("DATABASE_OWNER_URL", "KEYRING_DATABASE_OWNER_URL", "RESTRICTED_DATABASE_OWNER_URL")
PUBLICS = ("PUBLIC_DATABASE_URL", "PUBLIC_SECRET_KEY")


class Refused(Exception):
    """The demo cannot start here; the message says why and what to do."""


class Told(BaseException):
    """We were told to stop."""


_stopping = threading.Event()
"""That we were told: an exception that a signal raises while a child is forked is swallowed by Python."""


def main() -> int:
    """Run the demo; return the exit code."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _told)  # explicit: a script's `make demo &` starts us with SIGINT ignored
    began = time.monotonic()
    try:
        port = _free_ports()
        if os.environ.get("DATABASE_URL") or os.environ.get("CUSTINFO_MODE", "demo") != "demo":
            raise Refused("The demo runs on its own embedded servers; unset DATABASE_URL and CUSTINFO_MODE.")
        _say("Starting PostgreSQL and Redis")
        with Servers() as servers:
            _run(servers, port, began)
    except Told:
        _say("Stopped.")
        return 0
    except (Refused, GaveUp, ServersInUse, PostgresFailed, RedisFailed) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    return 0


def _told(number: int, frame: FrameType | None) -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)  # stopping is under way; a second Ctrl-C must not leave orphans
    _stopping.set()
    raise Told


def _heed() -> None:
    if _stopping.is_set():
        raise Told


def _say(text: str) -> None:
    print(f"custinfo: {text}", flush=True)


def _free_ports() -> int:
    """Return PORT; the public pages have the one after it, the restricted ones the next.

    :raises Refused: when one of the three is taken.
    """
    port = int(os.environ.get("PORT") or 8000)
    for wanted in (port, port + 1, port + 2):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, wanted))
            except OSError:
                raise Refused(f"Port {wanted} is taken. Choose another: make demo PORT={port + 10}") from None
    return port


def _run(servers: Servers, port: int, began: float) -> None:
    names = os.environ | servers.environment | {"CUSTINFO_MODE": "demo", "PORT": str(port)}
    names |= {"STATIC_ROOT": str(servers.place.data_dir / "static"), "WEB_BIND": f"{HOST}:{port}"}
    names |= {"PYTHONUNBUFFERED": "1"}
    if custody.is_split(names):
        names |= custody.settings_of(servers.place)
        custody.split(servers.place)
    logs = servers.place.logs
    names |= {"TRAIL_WITNESS_PUBLIC_FILE": str(_witness_key(servers.place.data_dir))}
    _prepare(names, servers)
    children = _children(names, logs, servers.place.data_dir)
    try:
        _say("Starting web, public, restricted, worker, beat and witness")
        for child in children:
            child.start()
        _wait_for_page(children, children[0], port, FIRST_PAGE)
        _wait_for_page(children, children[3], port + 1, PUBLIC_PAGE)
        _wait_for_page(children, children[4], port + 2, RESTRICTED_PAGE)
        _greet(names, port, time.monotonic() - began, logs)
        for line in custody.told(servers.place, sys.executable) if custody.is_split(names) else ():
            _say(line)
        while True:
            _heed()
            for child in children:
                child.keep()
            time.sleep(0.5)
    finally:
        _say("Stopping")
        # web, public, restricted, its jobs, witness, beat, worker
        for child in (children[0], *children[3:], children[2], children[1]):
            child.stop()


def _prepare(names: dict[str, str], servers: Servers) -> None:
    """Bring database, messages, static files and demo data up to date."""
    # The first customers are written before there is anybody who could bring a share.
    names = names | {"KEK_PROVIDER": "file", "RESTRICTED_KEK_PROVIDER": "file"}
    limited = {name: value for name, value in names.items() if name not in OWNERS + RESTRICTED_ONLY}
    apart = restricted_environment(names)
    _say("Databases, static files and messages")
    at_once = [
        _manage(names, "migrate", "--noinput", "--verbosity=0", "--database=default"),
        _manage(names, "migrate", "--noinput", "--verbosity=0", "--database=keyring"),
        _manage(apart, "migrate", "--noinput", "--verbosity=0", "--database=restricted"),
        _manage(limited, "collectstatic", "--noinput", "--verbosity=0"),
        _manage(limited, "messages", "--compile"),
    ]
    for process in at_once:
        _finish(process)
    made = servers.place.data_dir / "demo"
    if not made.exists():
        customers = os.environ.get("DEMO_CUSTOMERS") or "2000"
        _say(f"Demo data: {customers} customers who do not exist")
        with servers.filling():
            _finish(_manage(limited, "demo_data", f"--customers={customers}"))
            made.touch()
    _finish(_manage(apart, "restricted_demo"))


def _manage(names: dict[str, str], *words: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, BASE_DIR / "manage.py", *words],
        env=names,
        stdin=subprocess.DEVNULL,
        stdout=None if words[0] == "demo_data" else subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )


def _finish(process: "subprocess.Popen[bytes]") -> None:
    try:
        _heed()
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if code:
        raise Refused(f"This failed: {process.args!r}")


def _children(names: dict[str, str], logs: Path, data_dir: Path) -> list[Child]:
    """Web, worker, beat, public and restricted, each with the rights it needs and no more."""
    without = OWNERS + PUBLICS + RESTRICTED_ONLY
    worker = {name: value for name, value in names.items() if name not in without}
    worker["KEYRING_DATABASE_URL"] = worker.pop("KEYRING_DATABASE_WORKER_URL")
    sealed = worker.pop("KEK_SHARES_FILE", "")
    if custody.is_split(names):
        del worker["KEK_FILE"]
    web = worker | {"KEYRING_DATABASE_URL": names["KEYRING_DATABASE_URL"]}
    del web["DEPOSIT_KEY_FILE"], web["TRAIL_KEY_FILE"]
    worker["TRAIL_OUTBOX"] = str(data_dir / "outbox")
    public = public_environment(names) | {"WEB_BIND": f"{HOST}:{int(names['PORT']) + 1}", "WEB_WORKERS": "1"}
    apart = {name: value for name, value in restricted_environment(names).items() if name not in OWNERS}
    apart |= {"WEB_BIND": f"{HOST}:{int(names['PORT']) + 2}", "WEB_WORKERS": "1"}
    sealed_apart = apart.pop("RESTRICTED_KEK_SHARES_FILE", "")
    keyholders: list[Child] = []
    if custody.is_split(names):
        del apart["RESTRICTED_KEK_FILE"]
        keyholders = [
            _keyholder("keyholder", web | {"KEK_SHARES_FILE": sealed}, logs),
            _keyholder("restricted_keyholder", apart | {"RESTRICTED_KEK_SHARES_FILE": sealed_apart}, logs),
        ]
    python = [sys.executable, "-m"]
    gunicorn = [*python, "gunicorn", "--config=deploy/gunicorn.py", "custinfo.wsgi"]
    celery = [*python, "celery", "--app=custinfo"]
    quick = ["--without-mingle", "--without-gossip", "--loglevel=warning"]
    return [
        Child("web", gunicorn, web, logs / "web.log"),
        Child("worker", [*celery, "worker", "--concurrency=2", *quick], worker, logs / "worker.log"),
        Child(
            "beat",
            [*celery, "beat", f"--schedule={data_dir / 'beat'}", "--loglevel=warning"],
            web,
            logs / "beat.log",
        ),
        Child("public", gunicorn, public, logs / "public.log"),
        Child("restricted", gunicorn, apart, logs / "restricted.log"),
        Child(
            "restricted_jobs",
            [sys.executable, str(BASE_DIR / "manage.py"), "restricted_jobs"],
            apart,
            logs / "restricted_jobs.log",
        ),
        *keyholders,
        _witness(names, logs, data_dir),
    ]


def _keyholder(command: str, names: dict[str, str], logs: Path) -> Child:
    words = [sys.executable, str(BASE_DIR / "manage.py"), command]
    return Child(command, words, names, logs / f"{command}.log")


def _witness_key(data_dir: Path) -> Path:
    """Return the file of the witness's public key as this site keeps it; on a real site somebody brings it over."""
    kept, brought = data_dir / "witness", data_dir / "witness.public"
    kept.mkdir(mode=0o700, exist_ok=True)
    public, _private = witness.own_key(kept)
    brought.touch(mode=0o600)
    brought.write_text(f"{public}\n", encoding="ascii")
    return brought


def _witness(names: dict[str, str], logs: Path, data_dir: Path) -> Child:
    """Return the witness of the trail: on a real site it runs in another place, for somebody else."""
    outbox, kept = data_dir / "outbox", data_dir / "witness"
    outbox.mkdir(mode=0o700, exist_ok=True)
    program = [sys.executable, str(BASE_DIR / "trail" / "standalone" / "witness.py"), str(outbox), str(kept)]
    command = [*program, "--key", names["TRAIL_PUBLIC_FILE"], "--every", "2"]
    return Child("witness", command, {"PYTHONUNBUFFERED": "1"}, logs / "witness.log")


def _wait_for_page(children: list[Child], child: Child, port: int, page: str) -> None:
    """
    :raises GaveUp: when the first page fails or does not come.
    """
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        _heed()
        for each in children:
            each.keep()
        connection = http.client.HTTPConnection(HOST, port, timeout=30)
        try:
            connection.request("GET", page)
            status = connection.getresponse().status
        except OSError:
            time.sleep(0.1)
            continue
        finally:
            connection.close()
        if status >= 500:
            raise GaveUp(f"The first page fails ({status}); see {child.log}.")
        return
    raise GaveUp(f"The first page does not come; see {child.log}.")


def _greet(names: dict[str, str], port: int, seconds: float, logs: Path) -> None:
    _say(f"Ready after {seconds:.0f} s: http://localhost:{port}   (logs: {logs}; Ctrl-C stops everything)")
    _say(f"What customers see: http://localhost:{port + 1}   L4, held apart: http://localhost:{port + 2}")
    shown = subprocess.run(
        [sys.executable, BASE_DIR / "manage.py", "demo_data", "--accounts"], env=names, check=False
    )
    if shown.returncode:
        _say("The accounts cannot be listed.")


if __name__ == "__main__":
    os.chdir(BASE_DIR)
    sys.exit(main())
