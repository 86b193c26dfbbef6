"""Masked data sets: proposed, signed by a head, made under a key that nobody keeps, fetched once; nobody is in them."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from access import events, masked_run
from access.models import MaskedDataset
from access.services import masked
from approvals import services as approvals
from approvals.registry import CannotApply
from approvals.services import NotSigned
from files.models import FileChunk
from jobs.models import Job
from jobs.running import JobFailed, Turn
from kinds.registry import get
from staff.acting import person_of
from staff.models import Person
from staff.roles import AGENT, ANALYST, HEAD, OFFICER
from staff.services.people import NotAllowed
from staff.step_up import StepUpNeeded
from tests.access.cast import CANARIES, VALUES, exposures_since, kinds_since, last_event, later
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
FIELDS = ("full_name", "mobile", "resident_id", "email", "member_level")


@pytest.fixture
def officer(cast):
    return cast.person(OFFICER)


@pytest.fixture
def head(cast):
    return cast.person(HEAD)


@pytest.fixture
def analyst(cast):
    return cast.person(ANALYST)


def propose(cast, by, person, **more):
    asked: dict[str, Any] = {
        "portfolios": ["north"],
        "fields": FIELDS,
        "rows": 100,
        "format": "csv",
        "reason": "联调",
    } | more
    return masked.propose(**asked, person=person.id, by=by, at=cast.at)


def signed(cast, by, person, signer, **more):
    proposal = propose(cast, by, person, **more)
    made = approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=signer, at=cast.at).result
    assert isinstance(made, MaskedDataset)
    return made


def work(cast, asked):
    """Let the job of a data set run once."""
    job = Job.objects.get(pk=asked.job)
    job.lease, job.lease_until = job.id, cast.at + timedelta(minutes=2)
    job.save()
    return masked_run.run(Turn(job, cast.at))


def rows(cast, made, by):
    fetched = masked.fetch(made.id, by=by, at=cast.at)
    raw = b"".join(fetched.chunks).decode("utf-8-sig")
    banner, header, *lines = csv.reader(io.StringIO(raw))
    return banner[0], [dict(zip(header, (cell.rstrip("\t") for cell in line), strict=True)) for line in lines]


def test_holds_records_of_nobody(cast, officer, head, analyst):
    for place in range(4):
        cast.customer(mobile=f"1390000000{place}", full_name="欧阳真实", number=f"REAL-{place}")
    made = signed(cast, officer, analyst, head)
    assert work(cast, made) == {"rows": 4}
    _, found = rows(cast, made, analyst)
    assert len(found) == 4
    real = {"欧阳真实", *CANARIES, *VALUES.values()} - {VALUES["member_level"], VALUES["birth_year"]}
    for row in found:
        assert row["mobile"].startswith("154")
        assert get("resident_id").clean(row["resident_id"]) == row["resident_id"]
        assert row["resident_id"][2:4] == "99"
        assert row["number"].startswith("T")
        assert not real & set(row.values())
    assert len({row["mobile"] for row in found}) == 4


def test_gives_the_same_value_the_same_pseudonym_within_one_set_only(cast, officer, head, analyst):
    cast.customer(mobile="13900000000", email="a@firm.cn")
    cast.customer(mobile="13900000000", email="b@firm.cn")
    sets = []
    for _ in range(2):
        made = signed(cast, officer, analyst, head)
        work(cast, made)
        sets.append(rows(cast, made, analyst)[1])
    for one in sets:
        assert len({row["mobile"] for row in one}) == 1
        assert len({row["email"] for row in one}) == 2
    assert sets[0][0]["mobile"] != sets[1][0]["mobile"]


def test_works_derived_values_out_from_the_pseudonym(cast, officer, head, analyst):
    cast.customer()
    made = signed(cast, officer, analyst, head)
    work(cast, made)
    _, (row,) = rows(cast, made, analyst)
    derived = get("resident_id").derive(row["resident_id"])
    assert (row["birth_year"], row["gender"], row["id_region"]) == (
        derived["birth_year"], derived["gender"], derived["region"],
    )  # fmt: skip
    assert row["full_name"].endswith(row["surname"]) or row["full_name"].startswith(row["surname"])


def test_leaves_empty_what_a_record_has_not(cast, officer, head, analyst):
    held = cast.customer()
    del held.sealed["email"]
    held.save(update_fields=["sealed"])
    made = signed(cast, officer, analyst, head)
    work(cast, made)
    _, (row,) = rows(cast, made, analyst)
    assert row["email"] == ""
    assert row["mobile"]


def test_keeps_to_portfolios_and_rows(cast, officer, head, analyst):
    for _ in range(5):
        cast.customer()
    cast.customer(portfolio="south")
    made = signed(cast, officer, analyst, head, rows=3)
    assert work(cast, made) == {"rows": 3}
    _, found = rows(cast, made, analyst)
    assert {row["portfolio"] for row in found} == {"north"}


def test_says_for_whom_it_was_made(cast, officer, head, analyst):
    cast.customer()
    made = signed(cast, officer, analyst, head)
    work(cast, made)
    made.refresh_from_db()
    banner, _ = rows(cast, made, analyst)
    assert analyst.number in banner
    assert str(made.event) in banner


def test_keeps_no_key_and_no_clear_value(cast, officer, head, analyst, monkeypatch):
    key = b"throw-away-key-of-thirty-two-byte"
    monkeypatch.setattr(masked_run, "urandom", lambda length: key)
    cast.customer()
    made = signed(cast, officer, analyst, head)
    work(cast, made)
    job = Job.objects.get(pk=made.job)
    stored = [*MaskedDataset.objects.values_list(), *Event.objects.values_list("facts", flat=True)]
    said = repr([*stored, job.parameters, job.cursor, job.outcome, job.error_params])
    assert key.decode() not in said
    assert not any(canary in said for canary in CANARIES)
    made.refresh_from_db()
    assert not any(
        canary.encode() in bytes(chunk.sealed) for chunk in FileChunk.objects.filter(file=made.file)
        for canary in CANARIES
    )  # fmt: skip


def test_shows_no_customer_in_the_trail(cast, officer, head, analyst):
    cast.customer()
    made = signed(cast, officer, analyst, head)
    start = last_event()
    work(cast, made)
    rows(cast, made, analyst)
    assert [kind for kind in kinds_since(start) if kind.startswith("masked")] == [
        events.MASKED_MADE.code,
        events.MASKED_FETCHED.code,
    ]
    assert not exposures_since(start)


def test_begins_anew_after_a_crash_and_makes_one_file(cast, officer, head, analyst):
    cast.customer()
    made = signed(cast, officer, analyst, head)
    Job.objects.filter(pk=made.job).update(done=1)
    work(cast, made)
    assert work(cast, made) == {"rows": 1}
    assert Event.objects.filter(kind=events.MASKED_MADE.code).count() == 1


def test_is_fetched_once_within_a_day_by_the_person_named(cast, officer, head, analyst):
    cast.customer()
    made = signed(cast, officer, analyst, head)
    with pytest.raises(masked.NotFetchable, match="not_made"):
        masked.fetch(made.id, by=analyst, at=cast.at)
    work(cast, made)
    for other in (officer, head, cast.person(ANALYST)):
        with pytest.raises(MaskedDataset.DoesNotExist):
            masked.fetch(made.id, by=other, at=cast.at)
    with pytest.raises(masked.NotFetchable, match="over"):
        masked.fetch(made.id, by=analyst, at=cast.at + timedelta(hours=25))
    masked.fetch(made.id, by=analyst, at=cast.at)
    with pytest.raises(masked.NotFetchable, match="fetched"):
        masked.fetch(made.id, by=analyst, at=cast.at)


def test_is_signed_by_a_head_other_than_the_person_named(cast, officer, head):
    both = cast.person(HEAD, OFFICER, department="south")
    proposal = propose(cast, officer, both)
    with pytest.raises(NotSigned, match="not_yours"):
        approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=both, at=cast.at)
    with pytest.raises(NotSigned):
        approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=officer, at=cast.at)
    assert approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=head, at=cast.at).applied


@pytest.mark.parametrize(
    "role", ["agent", "supervisor", "head", "analyst", "security", "custodian", "auditor"]
)
def test_is_proposed_by_a_data_security_officer(cast, role, analyst):
    cast.person(HEAD, department="south")
    with pytest.raises(NotAllowed):
        propose(cast, cast.person(role), analyst)


def test_wants_a_fresh_second_factor(cast, officer, head, analyst):
    with pytest.raises(StepUpNeeded):
        propose(cast, later(officer, 301), analyst)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"fields": []}, "masked_fields"),
        ({"fields": ["no_such"]}, "masked_fields"),
        ({"fields": ["birth_year"]}, "masked_fields"),
        ({"fields": ["face_image"]}, "masked_fields"),
        ({"portfolios": []}, "unknown_portfolio"),
        ({"portfolios": ["nowhere"]}, "unknown_portfolio"),
        ({"rows": 0}, "masked_rows"),
        ({"rows": 10_001}, "masked_rows"),
        ({"format": "sql"}, "masked_rows"),
    ],
)
def test_refuses_what_could_not_be_made(cast, officer, head, analyst, more, code):
    with pytest.raises(CannotApply, match=code):
        propose(cast, officer, analyst, **more)


def test_refuses_somebody_who_may_not_fetch(cast, officer, head):
    with pytest.raises(CannotApply, match="may_not_fetch"):
        propose(cast, officer, cast.person(AGENT))


def test_is_not_made_for_somebody_who_left_meanwhile(cast, officer, head, analyst):
    made = signed(cast, officer, analyst, head)
    Person.objects.filter(pk=person_of(analyst).pk).update(left_at=cast.at)
    with pytest.raises(JobFailed, match="not_working"):
        work(cast, made)
