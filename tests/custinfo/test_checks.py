"""Production refuses to start unsafe, and says why."""

import os
import runpy
import sys
from pathlib import Path
from subprocess import CompletedProcess, run
from typing import Any

import environ
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from custinfo import checks
from custinfo.kek_settings import kek_settings
from tests.processes import BASE_DIR, environment

GOOD_SECRET = "".join(chr(33 + (7 * number) % 90) for number in range(64))
FORGETFUL = "import custinfo.checks; custinfo.checks.NEVER_OFF = ()\n"
"""What starts production on the servers of tests, which are fast and do not keep what they acknowledge."""


def start(**changes: str) -> "CompletedProcess[str]":
    """Load the WSGI application as gunicorn does, in production on the test databases."""
    names = {name: value for name, value in environment().items() if "OWNER" not in name}
    del names["TRAIL_KEY_FILE"]  # the worker's alone
    names |= {
        "CUSTINFO_MODE": "production",
        "ALLOWED_HOSTS": "localhost",
        "SECRET_KEY": GOOD_SECRET,
        "PUBLIC_URL": "https://privacy.example.com",
        "KEK_PROVIDER": "file",
    } | changes
    return run(
        [sys.executable, "-c", f"{FORGETFUL}import custinfo.wsgi; print('started')"],
        cwd=BASE_DIR,
        env=names,
        capture_output=True,
        text=True,
        check=False,
    )


def refused_for(done: "CompletedProcess[str]", *reasons: str) -> None:
    """See that it did not start, and that every reason was named."""
    assert done.returncode != 0
    assert "started" not in done.stdout
    assert [reason for reason in reasons if reason not in done.stderr] == [], done.stderr


NEEDED = {
    "main": (
        *("SECRET_KEY", "PUBLIC_URL", "DATABASE_URL", "KEYRING_DATABASE_URL", "REDIS_URL"),
        *("KEK_FILE", "LOGIN_KEY_FILE", "RECEIPT_KEY_FILE", "DEPOSIT_RECIPIENT_FILE", "TRAIL_PUBLIC_FILE"),
    ),
    "public": ("SECRET_KEY", "PUBLIC_URL", "DATABASE_URL", "RECEIPT_KEY_FILE", "DEPOSIT_RECIPIENT_FILE"),
    "restricted": (
        *("SECRET_KEY", "DATABASE_URL", "RESTRICTED_DATABASE_URL"),
        *("RESTRICTED_KEK_FILE", "RESTRICTED_LOGIN_KEY_FILE", "RESTRICTED_KEY_FILE"),
    ),
}
"""What each process cannot start without; there is no default to fall back on."""


def needed_by(process: str) -> dict[str, str]:
    """Return variables that a process of production reads its settings from."""
    given = {needed: f"/nowhere/{needed}" for needed in NEEDED[process]}
    given |= {one: f"postgresql://{one}@nowhere/x" for one in given if one.endswith("DATABASE_URL")}
    given |= {"PUBLIC_URL": "https://privacy.example.com", "CUSTINFO_MODE": "production"}
    return given | {"CUSTINFO_PROCESS": process}


@pytest.mark.parametrize(
    ("process", "name"), [(process, name) for process, names in NEEDED.items() for name in names]
)
def test_refuses_settings_with_a_name_missing(
    process: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = needed_by(process)
    read = str(BASE_DIR / "custinfo" / "settings.py")
    monkeypatch.setattr(environ.Env, "ENVIRON", given)
    assert runpy.run_path(read)["PRODUCTION"]
    del given[name]
    with pytest.raises(ImproperlyConfigured, match=name):
        runpy.run_path(read)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"PUBLIC_URL": "http://privacy.example.com"}, "PUBLIC_URL must begin with https://"),
        ({"CUSTINFO_PROCESS": "other"}, "it is main, public or restricted"),
        ({"CUSTINFO_MODE": "debug"}, "it is production, demo or test"),
        ({"DATABASE_URL": ""}, "DATABASE_URL names no database"),
        ({"KEK_PROVIDER": "cloud"}, "it is file, keyholder or pkcs11"),
        (
            {"CUSTINFO_MODE": "demo", "CUSTINFO_EMBEDDED": ""},
            "Demo mode runs on its own embedded servers only",
        ),
        (
            {"CUSTINFO_MODE": "demo", "CUSTINFO_EMBEDDED": "/elsewhere"},
            "Demo mode runs on its own embedded servers only",
        ),
    ],
)
def test_refuses_settings_that_are_wrong(
    changes: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = needed_by("main")
    monkeypatch.setattr(environ.Env, "ENVIRON", given)
    read = str(BASE_DIR / "custinfo" / "settings.py")
    assert runpy.run_path(read)["PRODUCTION"]
    given |= changes
    with pytest.raises(ImproperlyConfigured, match=said):
        runpy.run_path(read)


@pytest.mark.parametrize("prefix", ["", "RESTRICTED_"])
@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"KEK_PROVIDER": "cloud"}, "KEK_PROVIDER is 'cloud'; it is file, keyholder or pkcs11"),
        ({"KEK_PROVIDER": "keyholder"}, "KEYHOLDER_SOCKET"),
        (
            {"KEK_PROVIDER": "keyholder", "KEYHOLDER_SOCKET": "/s", "KEYHOLDER_SOCKET_MODE": "0666"},
            "KEYHOLDER_SOCKET_MODE is 0600 or 0660",
        ),
        ({"KEK_PROVIDER": "pkcs11", "PKCS11_MODULE": "m", "PKCS11_TOKEN": "t"}, "PKCS11_PIN_FILE"),
        ({}, "KEK_FILE"),
    ],
)
def test_refuses_who_keeps_a_master_key_unless_it_is_said_whole(
    prefix: str, given: dict[str, str], refused: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {f"{prefix}{name}": value for name, value in given.items()}
    monkeypatch.setattr(environ.Env, "ENVIRON", names)
    with pytest.raises(ImproperlyConfigured, match=f"{prefix}{refused}"):
        kek_settings(environ.Env(), prefix)


@pytest.mark.parametrize(
    ("bind", "stops"),
    [
        ("127.0.0.1:8000", False),
        ("[::1]:8000", False),
        ("0.0.0.0:8000", True),
        ("[::]:8000", True),
        ("127.0.0.1:8000,192.0.2.7:8001", True),
    ],
)
@pytest.mark.parametrize("mode", ["demo", "production"])
def test_refuses_to_serve_the_demo_to_other_machines(
    mode: str, bind: str, stops: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTINFO_MODE", mode)
    monkeypatch.setenv("WEB_BIND", bind)
    served = runpy.run_path(str(BASE_DIR / "deploy" / "gunicorn.py"))
    assert served["bind"] == bind.split(",")
    if mode == "demo" and stops:
        with pytest.raises(SystemExit, match="Demo mode listens on this machine only"):
            served["on_starting"](None)
    else:
        served["on_starting"](None)


@pytest.mark.parametrize("process", ["main", "public", "restricted"])
def test_loads_before_the_first_request_what_pages_load_when_asked(
    process: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers share what the master loaded, and no visitor waits for it."""
    monkeypatch.setenv("CUSTINFO_PROCESS", process)
    served = runpy.run_path(str(BASE_DIR / "deploy" / "gunicorn.py"))
    wanted = served["WHEN_ASKED"][process]
    for name in wanted:
        monkeypatch.delitem(sys.modules, name, raising=False)
    served["when_ready"](None)
    assert set(wanted) <= set(sys.modules)
    assert bool(wanted) == (process != "public")


@pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
class TestStart:
    def test_starts_when_all_is_well(self) -> None:
        done = start()
        assert done.stdout == "started\n", done.stderr

    def test_refuses_naming_everything_that_is_wrong(self, tmp_path: Path) -> None:
        """Only what stops a start is named (`custinfo.start`), so each of these alone would."""
        loose = tmp_path / "receipt.json"
        loose.write_bytes(Path(environment()["RECEIPT_KEY_FILE"]).read_bytes())
        loose.chmod(0o640)
        done = start(
            SECRET_KEY="change-me",
            DEBUG="yes",
            ALLOWED_HOSTS="",
            KEK_FILE="/nowhere/kek.json",
            KEK_PROVIDER="",
            LOGIN_KEY_FILE="/nowhere/login.json",
            RECEIPT_KEY_FILE=str(loose),
            DEPOSIT_RECIPIENT_FILE="/nowhere/recipient",
            DATABASE_OWNER_URL="postgresql:///x",
        )
        refused_for(
            done,
            "SECRET_KEY is a default or too short",
            "DEBUG is on in production",
            "ALLOWED_HOSTS must name the hosts",
            "/nowhere/kek.json cannot be read",
            "KEK_PROVIDER is not stated",
            "/nowhere/login.json cannot be read",
            f"{loose} must be a file of mode 0600",
            "/nowhere/recipient cannot be read",
            "DATABASE_OWNER_URL must be given to manage.py migrate",
        )

    def test_refuses_logins_that_may_do_more_than_they_need(self, tmp_path: Path) -> None:
        """As above, with other values of what was wrong there, and the logins of others."""
        loose = tmp_path / "kek.json"
        loose.write_bytes(Path(environment()["KEK_FILE"]).read_bytes())
        loose.chmod(0o640)
        database = conninfo_to_dict(environment()["DATABASE_URL"])["dbname"]
        done = start(
            SECRET_KEY="django-insecure-" + "a" * 60,
            ALLOWED_HOSTS="*",
            KEK_FILE=str(loose),
            RECEIPT_KEY_FILE="/nowhere/receipt.json",
            DATABASE_URL=make_conninfo(os.environ["DATABASE_OWNER_URL"], dbname=database),
            KEYRING_DATABASE_URL=environment(keyring="KEYRING_DATABASE_WORKER_URL")["KEYRING_DATABASE_URL"],
        )
        refused_for(
            done,
            "SECRET_KEY is a default or too short",
            "ALLOWED_HOSTS must name the hosts",
            f"{loose} must be a file of mode 0600",
            "/nowhere/receipt.json cannot be read",
            "may alter trail_event",
            "The web process may destroy vault_",
        )

    def test_refuses_one_login_to_both_databases_and_a_key_in_two_places(self) -> None:
        done = start(
            DATABASE_URL=environment()["KEYRING_DATABASE_URL"],
            KEK_PROVIDER="keyholder",
            KEYHOLDER_SOCKET="/nowhere/socket",
        )
        refused_for(done, "share one login", "KEK_FILE is given although KEK_PROVIDER is keyholder")

    def test_refuses_settings_that_say_no(self) -> None:
        """One of those that `test_refuses_settings_that_are_wrong` asks in this process."""
        refused_for(start(CUSTINFO_PROCESS="other"), "it is main, public or restricted")

    def test_starts_sealed_under_split_custody(self) -> None:
        """Web holds no KEK, and a keyholder that is not there yet is no reason not to let people log in."""
        done = start(KEK_PROVIDER="keyholder", KEYHOLDER_SOCKET="/nowhere/socket", KEK_FILE="")
        assert done.stdout == "started\n", done.stderr


def _database(user: str, password: str) -> dict[str, Any]:
    return {"USER": user, "PASSWORD": password}


@pytest.mark.parametrize(
    ("default", "keyring", "said"),
    [
        (("app", "one-password"), ("app", "two-password"), "share one login"),
        (("app", "one-password"), ("web", "one-password"), "share one password"),
        (("app", "change-me"), ("web", "two-password"), "password is a default"),
    ],
)
def test_refuses_shared_and_default_credentials(
    default: tuple[str, str], keyring: tuple[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases = {"default": _database(*default), "keyring": _database(*keyring)}
    monkeypatch.setattr(settings, "DATABASES", databases)
    with override_settings(PRODUCTION=True, SECRET_KEY=GOOD_SECRET):
        messages = [str(message) for message in checks.production_has_its_own_secrets()]
    assert any(said in message for message in messages), messages


def test_refuses_to_start_without_fonts() -> None:
    assert checks.fonts_are_there() == []
    with override_settings(PDF_FONTS={"regular": "/nowhere/a.ttf", "bold": settings.PDF_FONTS["bold"]}):
        (message,) = checks.fonts_are_there()
    assert message.msg == "Fonts are missing: /nowhere/a.ttf."


@pytest.mark.django_db(databases=["default", "keyring"])
def test_refuses_servers_that_log_values(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("show log_error_verbosity")
        assert cursor.fetchone() == ("terse",)
    monkeypatch.setitem(checks.SERVER_SETTINGS["default"], "timezone", "nowhere")
    with override_settings(PRODUCTION=True):
        messages = checks.servers_log_no_values(databases=["default", "keyring"])
    (message,) = (message for message in messages if message.id == "custinfo.E106")
    assert "it must be nowhere" in message.msg


@pytest.mark.django_db(databases=["default", "keyring"])
def test_refuses_servers_that_forget_what_they_acknowledged() -> None:
    from django.db import connection

    def refused() -> set[str]:
        messages = checks.servers_log_no_values(databases=["default"])
        assert {message.id for message in messages} <= {"custinfo.E118"}
        assert all("what was acknowledged could be lost" in message.msg for message in messages)
        return {message.msg.split(" = off")[0].split()[-1] for message in messages}

    with connection.cursor() as cursor, override_settings(PRODUCTION=True):
        # The servers of tests are fast and forgetful; tests/custinfo/test_compose.py starts one that is not.
        cursor.execute(
            "select name from pg_settings where name in ('fsync', 'full_page_writes') and setting = 'off'"
        )
        forgetful = {name for (name,) in cursor.fetchall()}
        assert refused() == forgetful
        cursor.execute("set local synchronous_commit = off")
        assert refused() == {"synchronous_commit"} | forgetful


@pytest.mark.django_db
def test_refuses_demo_mode_beside_real_people() -> None:
    from django.utils import timezone

    from staff.models import Department, Person

    with override_settings(DEMO=True):
        assert checks.demo_mode_meets_demo_people_only(databases=["default"]) == []
        department = Department.objects.create(code="real", name="Real")
        Person.objects.create(number="R1", name="Real", department=department, joined_at=timezone.now())
        (message,) = checks.demo_mode_meets_demo_people_only(databases=["default"])
    assert "1 people here are not" in message.msg
