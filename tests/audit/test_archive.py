"""Months leave the trail signed by two, exported, read back and told of; what they alone told stays told."""

import gzip
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from approvals import services as approvals
from approvals.registry import CannotApply
from approvals.services import NotSigned
from audit.archive import run, terms, writing
from audit.services import archive as acts
from customers.digests import written_exposure
from customers.models import Customer
from customers.verification.looking import look_at_all
from jobs import running
from jobs.models import Job
from staff.roles import AUDITOR, HEAD, OFFICER, SECURITY
from tests.customers.builders import bulk_make, make_actor, make_department, make_portfolio
from tests.trail.cast import ALICE, SHOWN
from tests.trail.sealing.acts import seal_all
from trail import archive, services
from trail.models import Event
from trail.sealing import export, verification
from trail.standalone.verify_trail import verify_file

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
OLD, NEXT = date(2019, 11, 1), date(2019, 12, 1)


class House:
    """Who proposes, who signs, and customers whose last digest was told long ago."""

    def __init__(self) -> None:
        self.at = services.clock()
        department = make_department("north")
        self.security = make_actor(SECURITY, department=department, at=self.at)
        self.officer = make_actor(OFFICER, department=department, at=self.at)
        self.head = make_actor(HEAD, department=department, at=self.at)
        self.auditor = make_actor(AUDITOR, department=department, at=self.at)
        services.make_partitions(by=ALICE, at=self.at, first=OLD, months=2)
        self.refs = bulk_make(3, portfolio=make_portfolio("N1", department), at=self.at)
        self.events = [self.tell(day) for day in (1, 20)]

    def tell(self, day: int) -> int:
        """Record, in the old month, that all customers were written."""
        at = datetime(2019, 11, day, 4, tzinfo=UTC)
        rows = Customer.objects.select_related("portfolio").filter(ref__in=self.refs)
        return services.record(
            SHOWN, by=ALICE, at=at, exposures=[written_exposure(one) for one in rows]
        ).event

    def propose(self, *months: date):
        return acts.propose_archiving(months or [OLD], reason="", by=self.security, at=self.at)

    def sign(self, proposal, *people) -> Job:
        for person in people or (self.officer, self.head):
            approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=person, at=services.clock())
        return Job.objects.get(kind__in=(run.ARCHIVE, run.DESTROY), parameters__proposal=str(proposal.pk))

    def archive(self, *months: date) -> Job:
        seal_all()
        job = self.sign(self.propose(*months))
        running.run(job.id, run.run)
        job.refresh_from_db()
        return job


@pytest.fixture
def house(db, settings, tmp_path: Path) -> House:
    settings.TRAIL_ARCHIVE = str(tmp_path / "archive")
    return House()


def files(settings) -> list[str]:
    place = Path(settings.TRAIL_ARCHIVE)
    return sorted(one.name for one in place.iterdir()) if place.exists() else []


def test_a_month_leaves_whole_and_its_file_proves_itself(house, settings, tmp_path) -> None:
    assert terms.due(house.at)[:2] == [OLD, NEXT]
    job = house.archive()
    assert (job.error_code, job.outcome) == ("", {"months": 1})
    assert OLD not in archive.months_online()
    assert not Event.objects.filter(id__in=house.events).exists()
    (one,) = archive.archived()
    assert (one.month, one.events, one.exposures, one.file) == (OLD, 2, 6, "trail-2019-11.ndjson.gz")
    assert files(settings) == [one.file]
    path = Path(settings.TRAIL_ARCHIVE) / one.file
    assert path.stat().st_mode & 0o777 == 0o600
    assert writing.is_there(one.file, one.sha256)
    plain = tmp_path / "plain"
    plain.write_bytes(gzip.decompress(path.read_bytes()))
    assert verify_file(plain).code == 0
    told = Event.objects.get(kind="trail.archived")
    assert told.facts["file_sha256"] == one.sha256.hex()
    assert (told.facts["events"], told.facts["digest"]) == (2, one.digest.hex())
    assert archive.online_since() == datetime(2019, 12, 1, tzinfo=UTC)


def test_the_trail_verifies_afterwards(house) -> None:
    house.archive(OLD, NEXT)
    seal_all()
    left = [f"{one.month:%Y_%m}" for one in archive.archived()]
    assert verification.verify(archived=left).bad == []
    assert any("removed" in line for line in verification.verify().bad)


def test_what_the_month_alone_told_of_values_is_told_again(house) -> None:
    refs = house.refs
    with connection.cursor() as cursor:
        cursor.execute("update customers_customer set sealed = '{}' where ref = %s", [refs[0]])
        cursor.execute("delete from customers_indexentry")
        cursor.execute("delete from customers_customer where ref = %s", [refs[1]])

    def accused() -> dict[object, str]:
        return {one.customer: one.code for looked in look_at_all() for one in looked.found}

    before = accused()
    assert before == {refs[0]: "changed", refs[1]: "deleted"}
    house.archive()
    assert accused() == before
    assert sum(Event.objects.filter(kind="values.carried").values_list("facts__customers", flat=True)) == 3


def test_two_others_sign_and_no_auditor(house) -> None:
    seal_all()
    made = house.propose()
    for person, code in ((house.security, "own"), (house.auditor, "not_yours")):
        with pytest.raises(NotSigned) as refused:
            approvals.approve(made.pk, seen_hash=made.content_hash, by=person, at=services.clock())
        assert refused.value.code == code
    approvals.approve(made.pk, seen_hash=made.content_hash, by=house.officer, at=services.clock())
    assert not Job.objects.filter(kind=run.ARCHIVE).exists()
    house.sign(made, house.head)
    assert Job.objects.filter(kind=run.ARCHIVE).count() == 1


def test_a_month_that_changed_since_it_was_proposed_stays(house) -> None:
    seal_all()
    made = house.propose()
    house.tell(25)
    seal_all()
    with pytest.raises(NotSigned) as refused:
        house.sign(made)
    assert refused.value.problem is not None
    assert refused.value.problem.code == "changed_meanwhile"
    assert OLD in archive.months_online()


def test_young_months_and_gaps_are_refused(house) -> None:
    seal_all()
    month = timezone.localdate(house.at).replace(day=1)
    for months in ([month], [NEXT], []):
        with pytest.raises(CannotApply) as refused:
            acts.propose_archiving(months, reason="", by=house.security, at=house.at)
        assert refused.value.code == "nothing_to_archive"


def test_unsealed_events_keep_a_month_online(house) -> None:
    with pytest.raises(CannotApply) as refused:
        house.propose()
    assert refused.value.code == "archive_unsealed"


def test_the_database_itself_refuses(house) -> None:
    """Whoever holds the application's login gets no month out that is young, or other than what is said of it."""
    seal_all()
    held = archive.holds(OLD)
    young = house.at.date().replace(day=1)
    other = archive.Holds(held.events + 1, held.exposures, 0, held.digest)
    for month, said in ((young, archive.holds(young)), (OLD, other)):
        with pytest.raises(archive.NotTheSame), transaction.atomic():
            archive.leave(month, said, file="x", sha256=b"0" * 32, proposal=house.refs[0], at=house.at)
    assert OLD in archive.months_online()
    assert Event.objects.filter(id__in=house.events).count() == 2


@pytest.mark.parametrize("step", ["_packed", "leave", "record"])
def test_killed_anywhere_it_comes_to_the_same_end(house, settings, monkeypatch, step) -> None:
    seal_all()
    job = house.sign(house.propose())
    place = {"_packed": writing, "leave": archive, "record": run}[step]

    def dies(*args, **more):
        raise MemoryError

    with monkeypatch.context() as once:
        once.setattr(place, step, dies)
        running.run(job.id, run.run)
    assert OLD in archive.months_online()
    assert Event.objects.filter(id__in=house.events).count() == 2
    assert archive.archived() == []
    running.run(job.id, run.run)
    job.refresh_from_db()
    assert (job.error_code, job.done, job.total) == ("", 2, 2)
    (one,) = archive.archived()
    assert files(settings) == [one.file]
    assert writing.is_there(one.file, one.sha256)
    assert Event.objects.filter(kind="trail.archived").count() == 1
    assert sum(Event.objects.filter(kind="values.carried").values_list("facts__customers", flat=True)) == 3


def test_a_file_that_does_not_read_back_drops_nothing(house, settings, monkeypatch) -> None:
    seal_all()
    job = house.sign(house.propose())
    whole = export.write_export

    def torn(out, **period):
        summary = whole(out, **period)
        out.truncate(out.tell() - 40)
        return summary

    monkeypatch.setattr(writing, "write_export", torn)
    running.run(job.id, run.run)
    job.refresh_from_db()
    assert job.error_code == "archive_not_whole"
    assert OLD in archive.months_online()
    assert files(settings) == []


def test_an_empty_month_leaves_too(house) -> None:
    job = house.archive(OLD, NEXT)
    assert (job.error_code, job.outcome) == ("", {"months": 2})
    assert [(one.month, one.events) for one in archive.archived()] == [(NEXT, 0), (OLD, 2)]


def test_archives_are_encrypted_where_somebody_is_named(house, settings, tmp_path) -> None:
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    recipient = tmp_path / "recipient"
    recipient.write_text(str(identity.to_public()))
    recipient.chmod(0o600)
    settings.TRAIL_ARCHIVE_RECIPIENT_FILE = str(recipient)
    house.archive()
    (one,) = archive.archived()
    assert files(settings) == [one.file]
    assert one.file == "trail-2019-11.ndjson.gz.age"
    content = (Path(settings.TRAIL_ARCHIVE) / one.file).read_bytes()
    plain = tmp_path / "plain"
    plain.write_bytes(gzip.decompress(pyrage.decrypt(content, [identity])))
    assert verify_file(plain).code == 0


def test_an_archive_is_kept_for_years_and_then_destroyed_by_two(house, settings) -> None:
    house.archive()
    (one,) = archive.archived()
    early = terms.kept_until(OLD, house.at) - timedelta(seconds=1)
    assert terms.kept_until(OLD, house.at).date() >= date(2022, 12, 1)
    with pytest.raises(CannotApply) as refused:
        acts.propose_destruction(OLD, reason="", by=_at(house.security, early), at=early)
    assert refused.value.code == "archive_kept"
    made = acts.propose_destruction(OLD, reason="", by=house.security, at=house.at)
    job = house.sign(made)
    assert files(settings) == [one.file]
    running.run(job.id, run.destroy)
    assert files(settings) == []
    assert terms.kept() == []
    assert Event.objects.get(kind="trail.archive_destroyed").facts["file"] == one.file


def test_the_officers_are_told_of_due_months_once_nobody_has_proposed(house) -> None:
    assert acts.tell_of_due(by=ALICE, at=house.at) >= 2
    assert _told(house) == 1
    seal_all()
    house.propose()
    acts.tell_of_due(by=ALICE, at=house.at)
    assert _told(house) == 1


def _told(house) -> int:
    from staff.models import Notification

    return Notification.objects.filter(person_id=house.officer.id, code="archive_due").count()


def _at(actor, at):
    from dataclasses import replace

    return replace(actor, second_factor_at=at)
