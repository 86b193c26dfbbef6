"""`make demo` starts everything, names what is in the way, and leaves nothing behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from custinfo.demo import __main__ as demo
from custinfo.servers import credentials
from custinfo.servers.place import Place
from tests.custinfo.test_servers import bare_environment
from tests.processes import BASE_DIR, wait_until

Start = Callable[..., "subprocess.Popen[str]"]


def free_port() -> int:
    """Return a port that is free together with the two after it."""
    while True:
        with socket.socket() as probe, socket.socket() as following, socket.socket() as last:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            try:
                following.bind(("127.0.0.1", port + 1))
                last.bind(("127.0.0.1", port + 2))
            except (OSError, OverflowError):
                continue
        return port


def test_stops_what_it_waits_for_when_it_was_told_while_forking(monkeypatch: pytest.MonkeyPatch) -> None:
    told = threading.Event()
    told.set()
    monkeypatch.setattr(demo, "_stopping", told)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    with pytest.raises(demo.Told):
        demo._finish(child)
    assert child.returncode == -signal.SIGTERM


def processes_of(data_dir: Path, word: bytes = b"") -> set[int]:
    """Return every process whose environment or command names this data directory, and its command `word`."""
    found = set()
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            command = (directory / "cmdline").read_bytes()
            words = command + (directory / "environ").read_bytes()
        except OSError:
            continue
        ours = os.fsencode(data_dir) in words or os.fsencode(Place(data_dir).postgres) in words
        if ours and word in command:
            found.add(int(directory.name))
    return found


PLANTED = 1
"""The nanosecond in which the half of a cluster was made."""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where a first start was cut short: half a cluster lies there, and the mark that it is not done."""
    path = tmp_path_factory.mktemp("demo")
    place = Place(path)
    place.make()
    credentials.keep(place.secrets)
    place.postgres.mkdir(exist_ok=True)
    half = place.postgres / "PG_VERSION"
    half.touch()
    os.utime(half, ns=(PLANTED, PLANTED))
    place.unfinished.touch()
    yield path
    for left in {place.server_home, place.sockets} - {place.data_dir}:
        shutil.rmtree(left, ignore_errors=True)


@pytest.fixture
def start(data_dir: Path) -> Iterator[Start]:
    begun: list[subprocess.Popen[str]] = []

    def begin(**changes: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "custinfo.demo"],
            cwd=BASE_DIR,
            env=bare_environment() | {"CUSTINFO_DATA_DIR": str(data_dir), "DEMO_CUSTOMERS": "20"} | changes,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        begun.append(process)
        return process

    yield begin
    for process in begun:
        if process.poll() is None:
            process.terminate()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def read_until(process: "subprocess.Popen[str]", word: str) -> str:
    said = ""
    assert process.stdout is not None
    while word not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    return said


@pytest.mark.parametrize("death", [signal.SIGINT, signal.SIGKILL])
def test_serves_until_told_to_stop_and_leaves_nothing(
    death: signal.Signals, data_dir: Path, start: Start
) -> None:
    port, had_data = free_port(), (data_dir / "demo").exists()
    demo = start(PORT=str(port))
    said = read_until(demo, "Ready after")
    it_began_from_nothing(data_dir)
    assert ("Demo data" in said) != had_data, "a second start keeps the data of the first"
    with urllib.request.urlopen(f"http://localhost:{port}/", timeout=30) as page:
        assert page.status == 200
    for beside in (f"{port + 1}/en/", f"{port + 2}/en/login/"):
        with urllib.request.urlopen(f"http://localhost:{beside}", timeout=30) as page:
            assert page.status == 200
    assert len(processes_of(data_dir)) > 5
    if death == signal.SIGINT:
        each_process_holds_the_keys_it_needs_and_no_more(data_dir)
        a_killed_worker_is_started_again(data_dir)
        kept = data_dir / "witness" / "checkpoints"
        wait_until(lambda: kept.exists() and kept.stat().st_size > 0, what="the witness")
    demo.send_signal(death)
    demo.wait(60)
    wait_until(lambda: not processes_of(data_dir), what="everything to end")
    if death != signal.SIGKILL:
        assert demo.returncode == 0


def it_began_from_nothing(data_dir: Path) -> None:
    place = Place(data_dir)
    assert (place.postgres / "PG_VERSION").stat().st_mtime_ns != PLANTED
    assert not place.unfinished.exists()


def a_killed_worker_is_started_again(data_dir: Path) -> None:
    before = processes_of(data_dir, b"\0worker\0")
    assert before
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: bool(processes_of(data_dir, b"\0worker\0") - before), what="a new worker")


@pytest.mark.parametrize("which", [0, 1])
def test_names_a_taken_port_before_anything_starts(which: int, data_dir: Path, start: Start) -> None:
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + which))
        taken.listen()
        said, _ = start(PORT=str(port)).communicate()
    assert said == f"Port {port + which} is taken. Choose another: make demo PORT={port + 10}\n"


def each_process_holds_the_keys_it_needs_and_no_more(data_dir: Path) -> None:
    private = {"KEK_FILE", "LOGIN_KEY_FILE", "KEYRING_DATABASE_URL", "REDIS_URL"}
    workers = {"DEPOSIT_KEY_FILE", "TRAIL_KEY_FILE"}
    for word, more, less in (
        (b"CUSTINFO_PROCESS=public", set(), {*private, *workers}),
        (b"\0worker\0", private | workers, set()),
        (b"\0beat\0", private, workers),
    ):
        found = [environment_of(pid) for pid in processes_of(data_dir) if word in words_of(pid)]
        assert found
        for names in found:
            assert more <= names.keys()
            assert not less & names.keys()
            assert (
                not {"DATABASE_OWNER_URL", "KEYRING_DATABASE_OWNER_URL", "PUBLIC_SECRET_KEY"} & names.keys()
            )


def words_of(pid: int) -> bytes:
    directory = Path(f"/proc/{pid}")
    return (directory / "cmdline").read_bytes() + (directory / "environ").read_bytes()


def environment_of(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
    return dict(line.split("=", 1) for line in lines if "=" in line)


@pytest.mark.parametrize("changes", [{"DATABASE_URL": "postgresql:///real"}, {"CUSTINFO_MODE": "production"}])
def test_refuses_servers_and_modes_that_are_not_its_own(start: Start, changes: dict[str, str]) -> None:
    demo = start(PORT=str(free_port()), **changes)
    said, _ = demo.communicate()
    assert demo.returncode == 1
    assert "runs on its own embedded servers" in said
