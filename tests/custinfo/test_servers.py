"""The embedded servers survive whatever happens to them and to whoever started them."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from custinfo.servers import Servers, ServersInUse
from custinfo.servers.place import Place
from tests.processes import BASE_DIR, wait_until

Environment = dict[str, str]
KILLS = 20 if os.environ.get("SOAK") else 2
IN_DATABASE = """
import os, psycopg, time
c = psycopg.connect(os.environ["DATABASE_OWNER_URL"])
{}
print("ok", flush=True)
{}
"""


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data directory of our own, in a path that is odd on purpose."""
    path = tmp_path / "a place 检"
    monkeypatch.setenv("CUSTINFO_DATA_DIR", str(path))
    yield path
    for place in (Place(path), Place(path / "test")):
        for left in {place.server_home, place.sockets} - {place.data_dir}:
            shutil.rmtree(left, ignore_errors=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Servers that were made and stopped: making them takes four seconds of a processor, copying them half of one."""
    path = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CUSTINFO_DATA_DIR", str(path))
        with Servers(for_tests=True) as servers:
            pass
    yield servers.place
    for left in {servers.place.server_home, servers.place.sockets} - {servers.place.data_dir}:
        shutil.rmtree(left, ignore_errors=True)


def plant(made: Place, place: Place) -> None:
    """Let servers lie there as if they had run there before."""
    place.make()
    place.postgres.parent.mkdir(exist_ok=True)
    for kept, there in (
        (made.postgres, place.postgres),
        (made.secrets, place.secrets),
        (made.keys, place.keys),
    ):
        subprocess.run(["cp", "-a", "-T", str(kept), str(there)], check=True)


@pytest.fixture
def begun(made: Place, data_dir: Path) -> Path:
    """A data directory whose servers ran before."""
    plant(made, Place(data_dir))
    return data_dir


@pytest.fixture
def begun_for_tests(made: Place, data_dir: Path) -> Path:
    """A data directory whose servers of tests ran before."""
    plant(made, Place(data_dir / "test"))
    return data_dir


@pytest.fixture
def start(data_dir: Path) -> "Iterator[Callable[..., subprocess.Popen[str]]]":
    """Start `python -m custinfo.servers` around a command, with no servers named in its environment."""
    begun = []

    def begin(*command: str, **extra: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "custinfo.servers", "--", *command],
            cwd=BASE_DIR,
            env=bare_environment() | {"CUSTINFO_DATA_DIR": str(data_dir)} | extra,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        begun.append(process)
        return process

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def bare_environment() -> Environment:
    ours = ("_URL", "_FILE", "CUSTINFO_", "SECRET_KEY")
    return {name: value for name, value in os.environ.items() if not any(part in name for part in ours)}


def processes_on(data_dir: Path) -> set[int]:
    """Return the servers whose command line, directory or socket names this place."""
    found = set()
    homes = {os.fsencode(Place(data_dir).postgres), os.fsencode(data_dir)}
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            words = (directory / "cmdline").read_bytes()
        except OSError:
            continue
        if any(home in words for home in homes) and b"postgres" in words:
            found.add(int(directory.name))
    return found


def postmaster(data_dir: Path) -> int:
    return int((Place(data_dir).postgres / "postmaster.pid").read_text().split("\n", 1)[0])


def test_keeps_data_between_runs(data_dir: Path) -> None:
    with (
        Servers(for_tests=True) as servers,
        psycopg.connect(servers.environment["DATABASE_OWNER_URL"]) as one,
    ):
        one.execute("create table kept (n int)")
        one.execute("insert into kept values (7)")
    with (
        Servers(for_tests=True) as servers,
        psycopg.connect(servers.environment["DATABASE_OWNER_URL"]) as one,
    ):
        assert one.execute("select n from kept").fetchall() == [(7,)]


def test_begins_from_nothing_when_its_directory_was_removed(data_dir: Path) -> None:
    with (
        Servers(for_tests=True) as servers,
        psycopg.connect(servers.environment["DATABASE_OWNER_URL"]) as one,
    ):
        one.execute("create table kept (n int)")
    shutil.rmtree(data_dir)
    with (
        Servers(for_tests=True) as servers,
        psycopg.connect(servers.environment["DATABASE_OWNER_URL"]) as one,
    ):
        assert one.execute("select to_regclass('kept')").fetchall() == [(None,)]


def test_gives_each_role_its_own_doors_only(begun_for_tests: Path) -> None:
    with Servers(for_tests=True) as servers:
        names = servers.environment
        foreign = names["DATABASE_URL"].replace("/custinfo?", "/custinfo_keyring?")
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(foreign)
        foreign = names["KEYRING_DATABASE_URL"].replace("/custinfo_keyring?", "/custinfo?")
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(foreign)
        with (
            psycopg.connect(names["DATABASE_URL"]) as app,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            app.execute("create table intruder (n int)")


def test_logs_neither_values_nor_rows(begun_for_tests: Path) -> None:
    with (
        Servers(for_tests=True) as servers,
        psycopg.connect(servers.environment["DATABASE_OWNER_URL"], autocommit=True) as one,
    ):
        one.execute("create table narrow (n text check (length(n) < 3))")
        with pytest.raises(psycopg.errors.CheckViolation):
            one.execute("insert into narrow values ('canary-7351')")
    log = (servers.place.logs / "postgres.log").read_text()
    assert "violates check constraint" in log
    assert "canary-7351" not in log


def test_refuses_a_directory_in_use_and_joins_it_for_a_command(
    begun: Path, start: "Callable[..., subprocess.Popen[str]]"
) -> None:
    with Servers():
        with pytest.raises(ServersInUse, match=str(os.getpid())):
            Servers().__enter__()
        joined = start("printenv", "DATABASE_URL")
        shown, said = joined.communicate()
        assert joined.returncode == 0, said
        assert "custinfo_app" in shown


def test_runs_two_directories_at_once(begun: Path, begun_for_tests: Path) -> None:
    with Servers(for_tests=True) as one, Servers() as two:
        for servers in (one, two):
            psycopg.connect(servers.environment["DATABASE_URL"]).close()
        assert one.environment["DATABASE_URL"] != two.environment["DATABASE_URL"]


def test_leaves_a_path_that_is_too_long_for_a_socket(
    begun_for_tests: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custinfo.servers.place.LONGEST_SOCKET", 43)
    with Servers(for_tests=True) as servers:
        socket = servers.place.postgres_socket / ".s.PGSQL.5432"
        assert socket.exists()
        assert len(os.fsencode(socket)) <= 43
        psycopg.connect(servers.environment["DATABASE_URL"]).close()


def test_starts_over_the_files_of_a_dead_server(begun_for_tests: Path) -> None:
    with Servers(for_tests=True) as servers:
        left = (servers.place.postgres / "postmaster.pid").read_text()
    user = servers.place.user
    # Its number was given to another process of the same account, or it is a zombie: PostgreSQL would refuse.
    stranger = subprocess.Popen(["sleep", "600"], cwd="/", user=user.uid if user else None)
    try:
        left = left.replace(left.split("\n", 1)[0], str(stranger.pid), 1)
        (servers.place.postgres / "postmaster.pid").write_text(left)
        (servers.place.postgres_socket / ".s.PGSQL.5432").touch()
        with Servers(for_tests=True) as again:
            psycopg.connect(again.environment["DATABASE_URL"]).close()
        assert stranger.poll() is None, "a stranger was ended"
    finally:
        stranger.kill()
        stranger.wait()


def test_keeps_its_secrets_to_itself(data_dir: Path) -> None:
    with Servers(for_tests=True) as servers:
        names = servers.environment
        keys = [Path(value) for name, value in names.items() if name.endswith("_FILE")]
        assert len(keys) == 15
        for path in (servers.place.secrets, *keys):
            assert path.stat().st_mode & 0o777 == 0o600
        words = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in processes_on(data_dir / "test")]
        assert words
        secrets = servers.place.secrets.read_text()
        assert not any(
            word.decode() in secrets for line in words for word in line.split(b"\0") if len(word) > 40
        )


@pytest.mark.parametrize("death", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_leaves_nothing_behind_when_its_starter_ends(
    death: signal.Signals, begun: Path, start: "Callable[..., subprocess.Popen[str]]"
) -> None:
    process = start("sh", "-c", "echo ready; exec sleep 600")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    assert processes_on(begun)
    process.send_signal(death)
    process.wait(60)
    wait_until(lambda: not processes_on(begun), what="the servers to end")


@pytest.mark.kills
def test_recovers_from_kill_of_everything(begun: Path, start: "Callable[..., subprocess.Popen[str]]") -> None:
    statements = ["c.execute('create table kept (n int)')"]
    statements += [f"c.execute('insert into kept values ({number})')" for number in range(KILLS)]
    for statement in statements:
        process = start(
            sys.executable, "-c", IN_DATABASE.format(statement + "; c.commit()", "time.sleep(600)")
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ok\n"
        server = postmaster(begun)
        process.kill()
        os.kill(server, signal.SIGKILL)
        process.wait()
        wait_until(lambda: not processes_on(begun), what="the killed servers to go")
    count = "print(c.execute('select count(*) from kept').fetchone()[0])"
    shown, said = start(sys.executable, "-c", IN_DATABASE.format(count, "")).communicate()
    assert shown == f"{KILLS}\nok\n", said


def test_hands_on_the_exit_code_of_its_command(
    begun: Path, start: "Callable[..., subprocess.Popen[str]]"
) -> None:
    process = start("sh", "-c", "exit 7")
    process.communicate()
    assert process.returncode == 7


def test_starts_in_seconds(begun_for_tests: Path) -> None:
    with Servers(for_tests=True):
        pass
    began = time.monotonic()
    with Servers(for_tests=True):
        assert time.monotonic() - began < 10
