"""No side entrance: commands are recorded before they start, and four are refused in production."""

import pytest
from django.core.checks.registry import registry
from django.core.management import execute_from_command_line
from django.test import override_settings

from tests.architecture.source import rows
from tests.processes import manage
from trail.models import Event

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
SECRET = "".join(chr(33 + (7 * number) % 90) for number in range(64))


def last_command() -> Event:
    event: Event = Event.objects.filter(kind="command.ran").latest("id")
    return event


@pytest.mark.parametrize("command", ["shell", "dbshell", "dumpdata", "loaddata", "testserver"])
def test_refuses_side_entrances_in_production(command: str) -> None:
    words = [command] + (["nothing.json"] if command in ("loaddata", "testserver") else [])
    with override_settings(PRODUCTION=True), pytest.raises(SystemExit, match="refused in production"):
        execute_from_command_line(["manage.py", *words])
    assert last_command().facts["command"] == command


def test_refuses_them_before_they_start_in_a_process_of_production() -> None:
    site = {"ALLOWED_HOSTS": "localhost", "PUBLIC_URL": "https://customers.example.com"}
    done = manage("dumpdata", CUSTINFO_MODE="production", SECRET_KEY=SECRET, **site)
    assert done.returncode != 0
    assert "refused in production" in done.stderr
    assert done.stdout == ""
    assert last_command().facts["command"] == "dumpdata"


def test_starts_no_shell_with_settings_that_fail() -> None:
    done = manage("shell", CUSTINFO_MODE="production", SECRET_KEY=SECRET, PUBLIC_URL="")
    assert done.returncode != 0
    assert "PUBLIC_URL" in done.stderr


@pytest.mark.parametrize("command", ["changepassword", "createsuperuser", "auditlogflush"])
def test_refuses_everywhere_what_breaks_a_law(command: str) -> None:
    with pytest.raises(SystemExit, match=f"manage.py {command} is refused"):
        execute_from_command_line(["manage.py", command])


def test_records_options_but_never_what_is_given_to_them() -> None:
    done = manage("dumpdata", "--format=json", "--indent", "7", "contenttypes")
    assert done.returncode == 0, done.stderr
    event = last_command()
    assert event.facts == {"command": "dumpdata", "arguments": ["--format", "--indent"]}
    assert event.actor_name


def test_does_not_start_without_the_trail() -> None:
    done = manage("dumpdata", "contenttypes", DATABASE_URL="postgresql:///nothing?host=/nowhere")
    assert done.returncode != 0
    assert "the trail refuses, so nothing is started" in done.stderr
    assert done.stdout == ""


def test_builds_without_any_database() -> None:
    nowhere = "postgresql:///nothing?host=/nowhere"
    done = manage("messages", "--compile", DATABASE_URL=nowhere, KEYRING_DATABASE_URL=nowhere)
    assert done.returncode == 0, done.stderr


def test_no_check_of_ours_is_passed_over_by_commands() -> None:
    """They ask by tag, so one without a tag would be asked of web alone, as those of the login's library are."""
    ours = [check for check in registry.get_checks() if check.__module__.split(".")[0] in rows()]
    assert len(ours) > 10
    assert [check for check in ours if not getattr(check, "tags", ())] == []
