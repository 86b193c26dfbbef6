"""Data and keyring that come back: not the people who were destroyed, nothing with an older keyring, and no site
before all of it is done."""

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from os import urandom
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from custinfo.checks import site_is_not_being_restored
from customers.models import Customer
from retention.backups import checking, closing, manifests, plans, postgres, restoring
from retention.backups.plans import Refused, Wanted
from retention.models import Backup, Recovery
from retention.models.backups import DATA, KEYRING
from retention.services import backups
from staff.roles import OFFICER
from tests.database import OWNER, WORKER, log_in_as
from trail.actor import Actor
from trail.models import Event
from trail.services import clock
from vault import journal, scratch
from vault.keyring import about, destroy_keys, keys_for
from vault.models import DataKey
from vault.providers import provider
from vault.trial import keys_that_do_not_open

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "keyring"]),
    pytest.mark.usefixtures("in_english"),
]
BY = Actor.system("retention.restore")


@contextmanager
def elsewhere() -> Iterator[None]:
    """Look at empty databases, as after a disaster."""
    with scratch.databases("default", "keyring") as names, scratch.pointed_at(names):
        yield


def destroy(customer: Customer) -> None:
    """End a customer as a batch does: the journal first, then the keys and the row."""
    log_in_as(WORKER)
    gone = journal.Gone(customer.ref, number=customer.number)
    journal.write([gone], keys_for([customer.ref], "L3"), record=uuid4(), at=clock())
    destroy_keys([customer.ref], "L3")
    Customer.objects.filter(pk=customer.pk).delete()


def killed(*, at) -> None:
    raise ConnectionError("killed")


def refused(wanted: Wanted) -> str:
    with pytest.raises(Refused) as caught:
        plans.admit(plans.choose(wanted), wanted)
    return caught.value.code


def test_a_destroyed_customer_does_not_come_back_and_the_site_opens_only_then(
    cast, keepers, as_owner, monkeypatch
) -> None:
    stays, goes = cast.customer(), cast.customer()
    backups.back_up(DATA, by=BY, at=clock())
    first = backups.back_up(KEYRING, by=BY, at=clock())
    destroy(goes)
    log_in_as(OWNER)
    last = backups.back_up(KEYRING, by=BY, at=clock())
    with elsewhere():
        assert refused(Wanted(keyring=first.file)) == "older_keyring"
        plan = plans.choose(Wanted())
        plans.admit(plan, Wanted())
        restoring.begin(plan, keepers.held, replace=False, at=clock())
        assert [message.id for message in site_is_not_being_restored()] == ["custinfo.E116"]
        with monkeypatch.context() as broken:
            broken.setattr(restoring, "replay", killed)
            with pytest.raises(ConnectionError):
                restoring.finish(by=BY)
        assert closing.closed() is not None
        assert Customer.objects.filter(pk=goes.pk).exists()  # which is why it stays closed
        made = restoring.finish(by=BY)
        assert site_is_not_being_restored() == []
        assert list(Customer.objects.values_list("ref", flat=True)) == [stays.ref]
        assert set(DataKey.objects.filter(domain="L3").values_list("subject", flat=True)) == {stays.ref}
        assert (made.data, made.keyring, made.drill) == (plan.data.uuid, last.pk, False)
        assert made.lost > timedelta(0)
        event = Event.objects.get(pk=made.event)
        assert (event.kind, event.facts["replayed"]) == ("backup.recovered", 1)
        assert {one.pk for one in backups.take_in(KEYRING, by=BY, at=clock())} == {first.pk, last.pk}
        connections.close_all()
        assert refused(Wanted()) == "not_empty"
        with pytest.raises(Refused, match="not_closed"):
            restoring.finish(by=BY)
        backups.back_up(KEYRING, by=BY, at=clock())
        connections.close_all()
        again = plans.choose(Wanted(replace=True))
        plans.admit(again, Wanted(replace=True))
        restoring.begin(again, keepers.held, replace=True, at=clock())
        restoring.finish(by=BY)
        assert Customer.objects.count() == 1
        assert Backup.objects.filter(kind=KEYRING).count() == 0


def test_refuses_what_does_not_belong_together_before_anything_is_touched(cast, keepers, as_owner) -> None:
    cast.customer()
    keyring = backups.back_up(KEYRING, by=BY, at=clock())
    data = backups.back_up(DATA, by=BY, at=clock())
    assert refused(Wanted()) == "keyring_before_data"
    backups.back_up(KEYRING, by=BY, at=clock())
    assert refused(Wanted()) == "not_empty"
    told = manifests.lying(DATA)[0]
    for code, changed in (
        ("foreign_deployment", {"deployment": str(UUID(int=7))}),
        ("newer_software", {"heads": {"customers": "9999_from_the_future"}}),
        ("file_changed", {"sha256": "0" * 64}),
    ):
        rewritten(told, changed)
        assert refused(Wanted()) == code
    rewritten(told, {})
    with elsewhere():
        assert refused(Wanted(keep_keyring=True)) == "no_keyring"
    other = connections["default"].copy("default")
    other.connect()
    assert refused(Wanted(replace=True)) == "in_use"
    other.close()
    for words, said in (
        (["--data=nothing.age", *keepers.words], "no such backup"),
        ([], "--identity"),
        (["--finish"], "nothing to finish"),
        ([f"--data={data.file}", f"--keyring={keyring.file}", *keepers.words], "older than the data"),
        (["--drill", *keepers.words], "--by STAFF_NUMBER"),
    ):
        with pytest.raises(CommandError, match=said):
            call_command("restore", *words)
    assert Customer.objects.count() == 1


def rewritten(manifest: manifests.Manifest, changes: dict) -> None:
    content = json.loads(manifest.content) | changes
    manifest.path.with_suffix(".json").write_text(json.dumps(content))


def test_practises_measures_and_records_while_the_site_goes_on(cast, keepers, as_owner) -> None:
    cast.customer()
    officer = cast.person(OFFICER)
    for kind in (DATA, KEYRING):
        backups.back_up(kind, by=BY, at=clock())
    said = StringIO()
    call_command("restore", "--drill", f"--by={officer.number}", *keepers.words, stdout=said)
    made = Recovery.objects.get()
    assert (made.drill, made.faults, made.by_number) == (True, [], officer.number)
    assert made.seconds > 0
    assert made.point == Backup.objects.get(kind=DATA).at
    assert Event.objects.get(pk=made.event).kind == "backup.drilled"
    assert f"{made.seconds:.1f} s" in said.getvalue()
    plan = plans.choose(Wanted())
    with pytest.raises(Refused, match="wrong_identity"), restoring.practised(plan, keepers.held[:1]):
        pass
    assert Customer.objects.count() == 1


def test_no_older_backup_of_the_keyring_opens_anything_once_its_kek_is_destroyed(
    cast, keepers, as_owner, settings, tmp_path: Path
) -> None:
    for _ in range(3):
        cast.customer()
    backups.back_up(KEYRING, by=BY, at=clock())
    old = manifests.lying(KEYRING)[0]
    assert checking.faults_of(old, keepers.held) == []
    both = with_keks(settings, tmp_path, {"1", "2"})
    rewrap()
    assert keys_that_do_not_open() == 0
    assert checking.faults_of(old, keepers.held) == []  # as long as the old KEK is held
    with_keks(settings, tmp_path, {"2"}, of=both)
    assert keys_that_do_not_open() == 0
    with scratch.databases("keyring") as names, scratch.pointed_at(names):
        postgres.load(old.path, keepers.held, "keyring")
        assert keys_that_do_not_open() == DataKey.objects.count() == old.rows["vault_datakey"] == 3
    assert checking.faults_of(old, keepers.held) == ["keys_do_not_open"]


def with_keks(settings, tmp_path: Path, kept: set[str], of: Path | None = None) -> Path:
    """Hold these versions of the KEK, the newest current."""
    content = json.loads((of or Path(settings.KEK_FILE)).read_text())
    keys = {"2": b64encode(urandom(32)).decode()} | content["kek"]["keys"]
    content["kek"] = {"current": 2, "keys": {version: keys[version] for version in kept}}
    path = tmp_path / f"kek-{'-'.join(sorted(kept))}.json"
    path.write_text(json.dumps(content))
    path.chmod(0o600)
    settings.KEK_FILE = path
    return path


def rewrap() -> None:
    """Wrap every data key under the current KEK, as a rotation does."""
    kek = provider()
    for row in DataKey.objects.all():
        bound = about(row.subject, row.domain, row.version)
        version, wrapped = kek.wrap(kek.unwrap(bytes(row.wrapped), bound, row.kek_version), bound)
        DataKey.objects.filter(pk=row.pk).update(wrapped=wrapped, kek_version=version)
