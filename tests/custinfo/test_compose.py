"""docker-compose.yml, read and run without Docker: the same commands, on embedded servers, in production mode."""

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from custinfo.servers import Servers
from custinfo.servers.place import Place
from custinfo.servers.running import RESTRICTED_ONLY, public_environment, restricted_environment
from tests import templates
from tests.custinfo.test_servers import bare_environment
from tests.live.site import DATABASES, superuser_of
from tests.processes import BASE_DIR, wait_until
from tests.vault.holding.conftest import split
from vault.away import ProviderLost
from vault.holding.client import KeyholderProvider

OWNERS = {"DATABASE_OWNER_URL", "KEYRING_DATABASE_OWNER_URL", "RESTRICTED_DATABASE_OWNER_URL"}
RESTRICTED = {
    "restricted",
    "restricted_jobs",
    "restricted_restore",
    "restricted_keyholder",
    "migrate_restricted",
    "make_restricted_keys",
}
VARIABLE = re.compile(r"\$\{(\w+)(?::[-?+]([^}]*))?\}")


def example() -> dict[str, str]:
    lines = (BASE_DIR / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())["services"]
    return found


def test_names_the_processes_of_production(services: dict[str, Any]) -> None:
    processes = {"web", "public", "worker", "beat", "keyholder", "migrate", "make_keys", "restore"}
    servers = {"postgres", "keyring", "redis", "restricted_postgres"}
    assert set(services) == processes | RESTRICTED | servers


def test_asks_for_no_variable_that_the_example_lacks() -> None:
    asked = dict(VARIABLE.findall((BASE_DIR / "docker-compose.yml").read_text()))
    assert {name for name, default in asked.items() if not default} - set(example()) == set()


def test_gives_the_owner_to_what_makes_tables_alone(services: dict[str, Any]) -> None:
    holders = {name for name, service in services.items() if OWNERS & set(service["environment"])}
    assert holders == {"migrate", "migrate_restricted", "restore", "restricted_restore"}


def test_gives_every_door_a_key_of_its_own(services: dict[str, Any]) -> None:
    def login(service: str, name: str) -> tuple[str | None, str | None]:
        parts = urlsplit(VARIABLE.sub(r"\1", services[service]["environment"][name]))
        return parts.username, parts.password

    doors = [
        login("web", "DATABASE_URL"),
        login("public", "DATABASE_URL"),
        login("web", "KEYRING_DATABASE_URL"),
        login("worker", "KEYRING_DATABASE_URL"),
        login("migrate", "DATABASE_OWNER_URL"),
        login("migrate", "KEYRING_DATABASE_OWNER_URL"),
    ]
    assert len({name for name, _ in doors}) == len({password for _, password in doors}) == len(doors)
    assert login("worker", "KEYRING_DATABASE_URL")[0] == "custinfo_keyring_worker"
    assert login("beat", "KEYRING_DATABASE_URL")[0] == "custinfo_keyring_web"


def test_gives_the_public_pages_no_key_and_no_way_to_one(services: dict[str, Any]) -> None:
    from custinfo.checks import NEVER_PUBLIC

    public = services["public"]
    assert set(NEVER_PUBLIC) & set(public["environment"]) == set()
    assert "REDIS_URL" not in public["environment"]
    assert public["volumes"] == ["./keys-public:/keys-public:ro"]
    assert public["networks"] == ["customers"]
    assert {name for name, service in services.items() if "customers" in service.get("networks", ())} == {
        "public",
        "postgres",
    }
    assert public["environment"]["SECRET_KEY"] != services["web"]["environment"]["SECRET_KEY"]


def test_gives_the_worker_alone_what_opens_deposits_and_seals_the_trail(services: dict[str, Any]) -> None:
    for key in ("DEPOSIT_KEY_FILE", "TRAIL_KEY_FILE"):
        holders = {name for name, service in services.items() if key in service["environment"]}
        assert holders == {"worker", "make_keys"}
    mounts = {name for name, service in services.items() if "keys-worker" in str(service.get("volumes"))}
    assert mounts == holders


def test_gives_the_keyholder_alone_the_sealed_key(services: dict[str, Any]) -> None:
    holders = {name for name, service in services.items() if "KEK_SHARES_FILE" in service["environment"]}
    mounts = {name for name, service in services.items() if "keys-keyholder" in str(service.get("volumes"))}
    assert holders == mounts == {"keyholder"}
    sockets = {name for name, service in services.items() if "./keyholder:" in str(service.get("volumes"))}
    assert sockets == {"keyholder", "web", "worker", "beat"}
    given = VARIABLE.sub(lambda found: found[2] or "", services["web"]["environment"]["KEK_FILE"])
    assert given == ""  # a key file is there only where .env names it


def test_gives_l4s_keyholder_alone_l4s_sealed_key(services: dict[str, Any]) -> None:
    name, place = "RESTRICTED_KEK_SHARES_FILE", "keys-restricted-keyholder"
    holders = {at for at, service in services.items() if name in service["environment"]}
    mounts = {at for at, service in services.items() if place in str(service.get("volumes"))}
    assert holders == mounts == {"restricted_keyholder"}
    assert services["restricted_keyholder"]["profiles"] == ["restricted_keyholder"]
    given = services["restricted"]["environment"]
    assert VARIABLE.sub(lambda found: found[2] or "", given["RESTRICTED_KEK_FILE"]) == ""
    assert VARIABLE.sub(lambda found: found[2] or "", given["RESTRICTED_KEK_PROVIDER"]) == ""


def test_gives_the_worker_alone_what_reads_everything_for_backups(services: dict[str, Any]) -> None:
    for name in ("BACKUP_DATABASE_URL", "BACKUP_RECIPIENT_FILE"):
        assert {at for at, service in services.items() if name in service["environment"]} == {"worker"}
    mounts = {name for name, service in services.items() if "./backup:" in str(service.get("volumes"))}
    assert mounts == {"worker", "restore"}
    assert "keys-worker" not in str(services["restore"]["volumes"])


def test_gives_l4_its_own_server_network_and_keys(services: dict[str, Any]) -> None:
    from custinfo.checks import NEVER_RESTRICTED, OPENS_L4

    assert services["restricted_postgres"]["networks"] == ["apart"]
    on_it = {name for name, service in services.items() if "apart" in service.get("networks", ())}
    assert on_it == RESTRICTED | {"restricted_postgres"}
    for name, service in services.items():
        given = set(service["environment"])
        if name in RESTRICTED:
            assert given & set(NEVER_RESTRICTED) == set()
            assert service["networks"] == ["apart", "to_main"]
            both = ["./backup-restricted", "./backup-restricted-keys"]
            backup = both if name in ("restricted_jobs", "restricted_restore") else []
            sockets = [] if name == "make_restricted_keys" else ["./keyholder-restricted"]
            own = "./keys-restricted-keyholder" if name == "restricted_keyholder" else "./keys-restricted"
            assert [one.split(":")[0] for one in service["volumes"]] == [own, *sockets, *backup]
        else:
            assert given & (set(OPENS_L4) | {"RESTRICTED_DATABASE_OWNER_URL"}) == set()
            assert not {"./keys-restricted", "./keyholder-restricted", "./keys-restricted-keyholder"} & {
                one.split(":")[0] for one in service.get("volumes", ())
            }
    owners = {name for name in services if "RESTRICTED_DATABASE_OWNER_URL" in services[name]["environment"]}
    assert owners == {"migrate_restricted", "restricted_restore"}
    keys = {services[name]["environment"]["SECRET_KEY"] for name in ("web", "public", "restricted")}
    assert len(keys) == 3
    url = services["restricted"]["environment"]["RESTRICTED_DATABASE_URL"]
    assert urlsplit(VARIABLE.sub("x", url)).hostname == "restricted_postgres"


def test_keeps_the_keyring_on_a_server_of_its_own(services: dict[str, Any]) -> None:
    web = services["web"]["environment"]
    assert urlsplit(VARIABLE.sub("x", web["DATABASE_URL"])).hostname == "postgres"
    assert urlsplit(VARIABLE.sub("x", web["KEYRING_DATABASE_URL"])).hostname == "keyring"


@pytest.mark.parametrize("server", ["postgres", "keyring", "restricted_postgres"])
def test_starts_servers_that_log_no_values(services: dict[str, Any], server: str) -> None:
    from custinfo.checks import SERVER_SETTINGS

    wanted = SERVER_SETTINGS["default" if server == "postgres" else "keyring"]
    assert {f"{name}={value}" for name, value in wanted.items()} <= set(services[server]["command"])
    assert "./deploy/roles.sql:/docker-entrypoint-initdb.d/roles.sql:ro" in services[server]["volumes"]


def test_ships_no_password_that_would_start() -> None:
    secrets = {value for name, value in example().items() if "PASSWORD" in name or "SECRET" in name} - {
        "",
        "0",
    }
    assert secrets == {"change-me"}


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Migrated embedded servers, and the environments of production on them: of the main site and of L4's host."""
    patch = pytest.MonkeyPatch()
    path = tmp_path_factory.mktemp("production")
    patch.setenv("CUSTINFO_DATA_DIR", str(path))
    with Servers(
        inside="test"
    ) as servers:  # which keep what they acknowledge: production starts on no others
        patch.undo()
        names = bare_environment() | servers.environment
        names |= {
            "CUSTINFO_MODE": "production",
            "KEK_PROVIDER": "file",
            "RESTRICTED_KEK_PROVIDER": "file",
            "ALLOWED_HOSTS": "localhost",
            "PUBLIC_URL": "https://localhost",
            "STATIC_ROOT": str(path / "static"),
        }
        apart = restricted_environment(names) | {"RESTRICTED_NETWORKS": "127.0.0.0/8"}
        names = {name: value for name, value in names.items() if name not in RESTRICTED_ONLY}
        for alias, database in DATABASES.items():
            templates.restore(alias, superuser_of(servers, database))
        limited = {name: value for name, value in names.items() if name not in OWNERS}
        commands = [
            (names, "migrate", "--verbosity=0", "--database=default"),
            (names, "migrate", "--verbosity=0", "--database=keyring"),
            (apart, "migrate", "--verbosity=0", "--database=restricted"),
            (limited, "collectstatic", "--noinput", "--verbosity=0"),
        ]
        at_once = [
            subprocess.Popen([sys.executable, "manage.py", *words], cwd=BASE_DIR, env=env)
            for env, *words in commands
        ]
        assert [process.wait() for process in at_once] == [0] * len(commands)
        yield limited, {name: value for name, value in apart.items() if name not in OWNERS}
    remove_places(path)


@pytest.fixture(scope="module")
def production(hosts: tuple[dict[str, str], dict[str, str]]) -> dict[str, str]:
    return hosts[0]


def remove_places(path: Path) -> None:
    import shutil

    place = Place(path / "test")
    for left in {place.server_home, place.sockets} - {place.data_dir}:
        shutil.rmtree(left, ignore_errors=True)


def run(command: list[str], names: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """Start a service's own command with the programs of this environment."""
    program = str(Path(sys.executable).parent / command[0])
    with log.open("wb") as said:
        return subprocess.Popen([program, *command[1:]], cwd=BASE_DIR, env=names, stdout=said, stderr=said)


@pytest.mark.parametrize(
    ("service", "page", "cookie"),
    [
        ("web", "/account/login/", "__Host-custinfo-csrf="),
        ("public", "/en/verify/", "__Host-custinfo-public-csrf="),
        ("restricted", "/en/login/", "__Host-custinfo-restricted-csrf="),
    ],
)
def test_serves_pages_over_tls_only(
    service: str,
    page: str,
    cookie: str,
    services: dict[str, Any],
    hosts: tuple[dict[str, str], dict[str, str]],
    tmp_path: Path,
) -> None:
    port = 20000 + os.getpid() % 20000
    production, apart = hosts
    web = {name: value for name, value in production.items() if name != "TRAIL_KEY_FILE"}
    names = {"web": web, "public": public_environment(production), "restricted": apart}[service]
    names = names | {"WEB_BIND": f"127.0.0.1:{port}", "TRUSTED_PROXY_COUNT": "1"}
    process = run(services[service]["command"], names, tmp_path / "web.log")
    try:
        headers = _headers_of(f"http://localhost:{port}{page}", process, tmp_path / "web.log")
        assert cookie in headers["Set-Cookie"]
        assert "Secure" in headers["Set-Cookie"]
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
        assert "no-store" in headers["Cache-Control"]
        assert "script-src 'self'" in headers["Content-Security-Policy"]
    finally:
        process.terminate()
        assert process.wait(30) == 0


def test_starts_l4_sealed_and_opens_it_by_shares(
    services: dict[str, Any], hosts: tuple[dict[str, str], dict[str, str]], tmp_path: Path
) -> None:
    """The restricted host with a keyholder of its own: the same commands, told who keeps the key by settings alone."""
    apart, socket = dict(hosts[1]), tmp_path / "l4.sock"
    custody = split(Path(apart.pop("RESTRICTED_KEK_FILE")), tmp_path / "kek.sealed")
    apart |= {"RESTRICTED_KEK_PROVIDER": "keyholder", "RESTRICTED_KEYHOLDER_SOCKET": str(socket)}
    port = 20000 + os.getpid() % 20000
    web = apart | {"WEB_BIND": f"127.0.0.1:{port}", "TRUSTED_PROXY_COUNT": "1"}
    sealed = apart | {"RESTRICTED_KEK_SHARES_FILE": str(custody.path)}
    keeper = KeyholderProvider(socket, os.geteuid())
    processes = [
        run(services["restricted"]["command"], web, tmp_path / "web.log"),
        run(services["restricted_keyholder"]["command"], sealed, tmp_path / "keyholder.log"),
    ]
    try:
        _headers_of(f"http://localhost:{port}/en/login/", processes[0], tmp_path / "web.log")
        wait_until(lambda: _state_of(keeper) is not None, what="the keyholder of L4")
        for name in ("bo", "cai"):
            assert _state_of(keeper) is False
            keeper.ask("share", share=custody.share(name))
        assert _state_of(keeper) is True
    finally:
        for process in processes:
            process.terminate()
        assert [process.wait(30) for process in processes] == [0, 0]


def _state_of(keeper: KeyholderProvider) -> bool | None:
    """Tell whether a keyholder has its key; None: it does not answer yet."""
    try:
        return bool(keeper.state()["open"])
    except ProviderLost:
        return None


def _headers_of(page: str, web: "subprocess.Popen[bytes]", log: Path) -> Any:
    """Wait for a page, and return its headers."""
    answers: list[Any] = []

    def answered() -> bool:
        assert web.poll() is None, log.read_text()
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
        request = urllib.request.Request(page, headers=headers)
        try:
            answers.append(urllib.request.urlopen(request, timeout=10))
        except ConnectionError:
            return False
        except urllib.error.URLError as error:
            if isinstance(error, urllib.error.HTTPError):
                raise AssertionError(f"{error.code}: {log.read_text()}") from None
            return False
        return True

    wait_until(answered, what=page)
    return answers[0].headers


def test_works_and_beats(services: dict[str, Any], production: dict[str, str], tmp_path: Path) -> None:
    names = production | {"KEYRING_DATABASE_URL": production["KEYRING_DATABASE_WORKER_URL"]}
    worker = run([*services["worker"]["command"], "--concurrency=1"], names, tmp_path / "worker.log")
    schedule = [word.replace("/tmp/beat", str(tmp_path / "schedule")) for word in services["beat"]["command"]]
    beat = run(schedule, production, tmp_path / "beat.log")
    try:
        wait_until(lambda: _jobs_were_rescued(names, (worker, beat), tmp_path), what="beat to give work")
    finally:
        for process in (beat, worker):
            process.terminate()
        assert [process.wait(60) for process in (beat, worker)] == [0, 0]


def _jobs_were_rescued(names: dict[str, str], processes: Any, logs: Path) -> bool:
    """Tell whether beat's first nudge went through the queue and was taken."""
    import redis

    for process in processes:
        said = "".join(log.read_text() for log in logs.glob("*.log"))
        assert process.poll() is None, said
    client = redis.Redis.from_url(f"{names['REDIS_URL']}?db=1")
    bindings = client.exists("_kombu.binding.celery") == 1
    schedule = any(logs.glob("schedule*"))
    idle = client.llen("celery") == 0
    client.close()
    return bindings and schedule and idle


def test_refuses_the_example_as_it_is(production: dict[str, str]) -> None:
    names = production | {"SECRET_KEY": example()["SECRET_KEY"]}
    done = subprocess.run(
        [str(Path(sys.executable).parent / "gunicorn"), "--config=deploy/gunicorn.py", "custinfo.wsgi"],
        cwd=BASE_DIR,
        env=names | {"WEB_BIND": "127.0.0.1:0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "SECRET_KEY is a default or too short" in done.stderr


def test_keeps_demo_mode_on_this_machine(production: dict[str, str]) -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "gunicorn"), "--config=deploy/gunicorn.py", "custinfo.wsgi"],
        cwd=BASE_DIR,
        env=production | {"CUSTINFO_MODE": "demo", "WEB_BIND": "0.0.0.0:8000"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "not on 0.0.0.0" in done.stderr
