"""With everything that the main processes hold, nothing of L4 is reached and nothing opens."""

import os
import sys
from pathlib import Path
from subprocess import run

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from custinfo.servers.running import RESTRICTED_ONLY, public_environment
from tests.custinfo.test_checks import FORGETFUL, GOOD_SECRET
from tests.processes import BASE_DIR, environment, everything, restricted_environment
from vault.keyfiles import read_deposit_file, read_recipient_file

MAIN_LOGINS = (
    *("DATABASE_URL", "PUBLIC_DATABASE_URL", "KEYRING_DATABASE_URL", "KEYRING_DATABASE_WORKER_URL"),
    *("DATABASE_OWNER_URL", "KEYRING_DATABASE_OWNER_URL", "RESTRICTED_MAIN_DATABASE_URL"),
)
PRODUCTION = {
    "CUSTINFO_MODE": "production",
    "ALLOWED_HOSTS": "localhost",
    "SECRET_KEY": GOOD_SECRET,
    "PUBLIC_URL": "https://privacy.example.com",
    "KEK_PROVIDER": "file",
}
LOOK = """
import custinfo.wsgi
from django.conf import settings
from django.db import connections
from restricted.models import Value
print("aliases", *sorted(connections))
print("settings", *[n for n in dir(settings) if n.startswith("RESTRICTED_") and "KEY" in n or n.endswith("_KEK_FILE")])
try:
    Value.objects.count()
except Exception as refusal:
    print("models", type(refusal).__name__)
from vault.apart import make_apart_key
import uuid
try:
    make_apart_key(uuid.uuid4(), 1)
except Exception as refusal:
    print("keys", type(refusal).__name__)
"""


def started(names: dict[str, str], script: str = "import custinfo.wsgi; print('started')"):
    """Load the WSGI application as gunicorn does."""
    return run(
        [sys.executable, "-c", FORGETFUL + script],
        cwd=BASE_DIR,
        env=names,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", MAIN_LOGINS)
def test_no_login_of_the_main_data_connects_to_the_restricted_database(name: str) -> None:
    database = conninfo_to_dict(os.environ["RESTRICTED_DATABASE_URL"])["dbname"]
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(make_conninfo(os.environ[name], dbname=database))


def test_the_restricted_login_reaches_no_other_database() -> None:
    for other in ("DATABASE_URL", "KEYRING_DATABASE_URL"):
        database = conninfo_to_dict(os.environ[other])["dbname"]
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(make_conninfo(os.environ["RESTRICTED_DATABASE_URL"], dbname=database))


def test_the_main_process_holds_no_address_no_setting_and_no_key_of_l4() -> None:
    names = {name: value for name, value in environment().items() if "OWNER" not in name}
    del names["TRAIL_KEY_FILE"]  # the worker's alone
    assert set(RESTRICTED_ONLY) & set(names) == set()
    done = started(names | PRODUCTION, LOOK)
    assert done.stdout.splitlines() == [
        "aliases default keyring",
        "settings",
        "models ConnectionDoesNotExist",
        "keys AttributeError",
    ], done.stderr


def test_no_key_file_of_the_main_site_opens_a_deposit_to_l4() -> None:
    names = environment()
    held = [Path(value) for name, value in names.items() if name.endswith("_FILE")]
    assert {path.name for path in held if path.name.startswith("restricted")} == {"restricted.recipient"}
    recipient = str(read_recipient_file(Path(names["RESTRICTED_RECIPIENT_FILE"])))
    identities = {str(one.to_public()) for one in read_deposit_file(Path(names["DEPOSIT_KEY_FILE"]))}
    assert recipient not in identities
    assert RESTRICTED_ONLY[0] not in public_environment(everything())


@pytest.mark.django_db(databases=["default", "keyring", "restricted"], transaction=True)
class TestStart:
    def test_the_main_process_refuses_what_opens_l4(self) -> None:
        names = {one: value for one, value in environment().items() if "OWNER" not in one}
        given = {
            "RESTRICTED_DATABASE_URL": everything()["RESTRICTED_DATABASE_URL"],
            "RESTRICTED_KEYHOLDER_SOCKET": "/nowhere/socket",
        }
        done = started(names | PRODUCTION | given)
        assert done.returncode != 0
        assert f"The main process was given {', '.join(given)}; it must not have them" in done.stderr

    def test_the_restricted_process_starts_with_its_own_and_nothing_of_the_main_site(self) -> None:
        names = {one: value for one, value in restricted_environment().items() if "OWNER" not in one}
        names |= PRODUCTION | {"RESTRICTED_NETWORKS": "127.0.0.0/8", "RESTRICTED_KEK_PROVIDER": "file"}
        script = "import custinfo.wsgi, sys; print('started', *sys.modules)"
        done = started(names, script)
        assert done.stdout.startswith("started "), done.stderr
        loaded = set(done.stdout.split())
        assert "desk.restricted.urls" in loaded
        assert {
            one for one in loaded if one.startswith(("customers", "access", "allauth", "guardian"))
        } == set()

    def test_the_restricted_process_names_everything_that_is_wrong(self) -> None:
        """Only what stops a start is named, so each of these alone would."""
        names = {one: value for one, value in restricted_environment().items() if "OWNER" not in one}
        names |= PRODUCTION
        said = started(names | {"KEK_FILE": everything()["KEK_FILE"]}).stderr
        assert "The restricted process was given KEK_FILE" in said
        assert "RESTRICTED_NETWORKS must name the networks" in said
        assert (
            "RESTRICTED_KEK_PROVIDER is not stated" in said
        )  # L4's key lies in a file only where that is stated
        names |= {"RESTRICTED_NETWORKS": "127.0.0.0/8"}
        names |= {"RESTRICTED_KEK_PROVIDER": "keyholder", "RESTRICTED_KEYHOLDER_SOCKET": "/nowhere/socket"}
        assert "RESTRICTED_KEK_FILE is given although" in started(names).stderr
