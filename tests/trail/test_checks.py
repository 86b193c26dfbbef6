import pytest
from django.core.checks import run_checks

from tests.trail.logins import owner
from trail import checks, services


def found() -> list[str | None]:
    return [
        message.id for message in run_checks(databases=["default"]) if str(message.id).startswith("trail.")
    ]


def test_finds_nothing_as_shipped(db):
    assert found() == []


def test_says_nothing_unless_asked_about_the_database():
    assert checks.the_trail_is_append_only(databases=None) == []
    assert checks.coming_months_have_room(databases=["keyring"]) == []


@pytest.mark.parametrize(
    "right",
    ["update", "delete", "truncate", "trigger", "references", "update (actor_name)", "references (id)"],
)
@pytest.mark.parametrize("partition", [False, True])
def test_refuses_a_role_that_may_alter_the_trail(db, right, partition):
    table = f"trail_exposure_{services.clock():%Y_%m}" if partition else "trail_exposure"
    right = right.replace("actor_name", "actor_id")
    with owner() as login:
        login.execute(f"grant {right} on {table} to custinfo_app")
        try:
            messages = checks.the_trail_is_append_only(databases=["default"])
        finally:
            login.execute(f"revoke {right} on {table} from custinfo_app")
    assert [(message.id, message.msg) for message in messages] == [
        ("trail.E001", f"The application's database role may alter {table}.")
    ]
    assert messages[0].is_serious()


@pytest.mark.parametrize("trigger", ["append_only", "never_emptied"])
def test_refuses_a_partition_whose_trigger_sleeps(db, trigger):
    table = f"trail_event_{services.clock():%Y_%m}"
    with owner() as login:
        login.execute(f"alter table {table} enable trigger {trigger}")  # no longer ALWAYS
        try:
            messages = checks.the_trail_is_append_only(databases=["default"])
        finally:
            login.execute(f"alter table {table} enable always trigger {trigger}")
    assert [(message.id, message.msg) for message in messages] == [
        ("trail.E002", f"{table} has lost its triggers.")
    ]


def test_warns_when_room_runs_out(db, monkeypatch):
    assert checks.coming_months_have_room(databases=["default"]) == []
    monkeypatch.setattr(checks, "FEWEST_MONTHS_AHEAD", 10_000)
    (warning,) = checks.coming_months_have_room(databases=["default"])
    assert warning.id == "trail.W001"
    assert not warning.is_serious()
