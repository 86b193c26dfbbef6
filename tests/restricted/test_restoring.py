"""L4 comes back from a backup: every table, every value that was not destroyed, under the newest keys alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import translation

from files import apart
from files.apart import Given
from files.models import ApartDeposit
from restricted import backups, closing, key_backups, restoring
from restricted.models import DataKey, Factor, Request, Session, Signature, Value
from restricted.place import deployment_id
from restricted.restoring import Refused
from restricted.services import intake, upkeep
from restricted.services.openings import open_value
from tests.access.cast import kinds_since, last_event
from tests.database import APP, OWNER, RESTRICTED, log_in_as
from tests.restricted.house import REPORT, House
from tests.restricted.keepers import Keepers, appointed
from trail.actor import Actor
from trail.models import Event
from vault import scratch

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"], transaction=True)
BY = Actor.system("restricted.jobs")


@pytest.fixture
def keepers(settings, tmp_path: Path) -> Iterator[Keepers]:
    """The end of the test makes everybody the web again."""
    yield appointed(settings, tmp_path)
    log_in_as(APP)
    deployment_id.cache_clear()


def backed_up(house: House) -> str:
    """Make a backup as the restricted host does; return the name of its manifest."""
    log_in_as(RESTRICTED)
    upkeep.back_up(by=BY, at=house.at)
    log_in_as(APP)
    return sorted(backups.place().glob("manifest-*.json"))[-1].name


def taken_in(house: House) -> ApartDeposit:
    """Return a value that came from the main site."""
    given = Given(subject=house.value().subject, field="credit_report", content=REPORT.encode(), text=True)
    made = apart.deposit(given, by=BY, at=house.at)
    log_in_as(RESTRICTED)
    intake.take_in(made, by=BY, at=house.at)
    log_in_as(APP)
    return made


@pytest.fixture
def empty_host(keepers: Keepers) -> Iterator[None]:
    """Be the owner on an empty database: the old one burnt down."""
    log_in_as(OWNER)
    with scratch.databases("restricted") as names, scratch.pointed_at(names):
        deployment_id.cache_clear()
        yield


@pytest.fixture(autouse=True)
def english(own_language: None) -> Iterator[None]:
    with translation.override("en"):
        yield


class TestRestoring:
    @pytest.fixture
    def there(self, house: House, keepers: Keepers) -> Value:
        """A value with an approved request, in a backup of which one more value was destroyed since."""
        value = house.value(name="征信.txt")
        house.approved(value)
        house.logged_in(house.head, at=house.at + timedelta(minutes=1))
        gone = taken_in(house)
        backed_up(house)
        apart.order_destruction(gone.pk, why="test", by=BY, at=house.at)
        return value

    def test_tables_values_and_keys_are_back_and_what_was_destroyed_is_not(
        self, house: House, there: Value, keepers: Keepers, empty_host: None
    ) -> None:
        came = restoring.restore(restoring.choose(), keepers.held, replace=False, at=house.at)
        assert (came.values, came.replayed, came.faults) == (3, 1, [])
        assert closing.closed() is not None
        with pytest.raises(CommandError, match="stays closed"):
            call_command("restricted_jobs", "--once")
        closing.open_again()
        assert (Request.objects.count(), Signature.objects.count(), Factor.objects.count()) == (1, 2, 3)
        assert DataKey.objects.count() == Value.objects.filter(destroyed_at=None).count() == 2
        assert Session.objects.filter(ended_at=None).count() == 0
        with connections["restricted"].cursor() as cursor:
            role = "select has_table_privilege('custinfo_restricted', 'restricted_request', %s)"
            rights = [cursor.execute(role, [right]).fetchone()[0] for right in ("insert", "update")]
        assert rights == [True, False]
        code = house.code(house.asker)
        shown = open_value(there.pk, code=code, by=house.asker, at=house.at)
        assert (shown.content.decode(), shown.name) == (REPORT, "征信.txt")

    def test_refuses_a_database_that_is_not_empty_or_a_foreign_one(
        self, house: House, there: Value, keepers: Keepers
    ) -> None:
        log_in_as(OWNER)
        plan = restoring.choose()
        with pytest.raises(Refused, match="not_empty"):
            restoring.admit(plan, replace=False)
        plan.manifest["deployment"] = "another"  # type: ignore[index]
        with pytest.raises(Refused, match="foreign_deployment"):
            restoring.admit(plan, replace=True)

    def test_a_drill_is_measured_and_recorded_and_changes_nothing(
        self, house: House, there: Value, keepers: Keepers, capsys
    ) -> None:
        log_in_as(OWNER)
        before, start = DataKey.objects.count(), last_event()
        call_command("restricted_restore", "--drill", *keepers.words)
        assert "3 values came back, 1 were destroyed again" in capsys.readouterr().out
        assert kinds_since(start) == ["restricted.restored"]
        facts = Event.objects.get(id__gt=start, kind="restricted.restored").facts
        assert (facts["drill"], facts["values"], facts["faults"]) == (True, 3, [])
        assert DataKey.objects.count() == before
        assert closing.closed() is None

    def test_a_missing_or_changed_file_and_a_stranger_are_told_of(
        self, house: House, there: Value, keepers: Keepers, tmp_path: Path
    ) -> None:
        log_in_as(OWNER)
        stranger = tmp_path / "stranger"
        stranger.write_text(str(pyrage.x25519.Identity.generate()))
        stranger.chmod(0o600)
        with pytest.raises(CommandError, match="was not sealed to this identity"):
            call_command("restricted_restore", "--drill", f"--identity={stranger}")
        lost = backups.place() / f"value-{there.pk}.age"
        content = lost.read_bytes()
        lost.unlink()
        with pytest.raises(CommandError, match="missing that nobody ordered destroyed"):
            call_command("restricted_restore", "--drill", *keepers.words)
        lost.write_bytes(content[:-1])
        with pytest.raises(CommandError, match="changed or damaged"):
            call_command("restricted_restore", "--drill", *keepers.words)


def test_older_keys_are_refused(house: House, keepers: Keepers) -> None:
    house.value()
    first = backed_up(house)
    older = key_backups.newest()
    assert older is not None
    log_in_as(RESTRICTED)
    upkeep.back_up_keys(by=BY, at=house.at + timedelta(hours=1))
    log_in_as(APP)
    with pytest.raises(Refused, match="older_keys"):
        restoring.choose(first, older.name)
    newer = restoring.choose(first).keys
    assert newer.name > older.name
    newer.write_bytes(older.read_bytes()[:-1])
    with pytest.raises(Refused, match="file_changed"):
        restoring.choose(first)
    assert json.loads((backups.place() / first).read_bytes())["format"] == 3
