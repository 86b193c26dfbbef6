"""The gates before clear values: a valid undertaking (S1-20, S4-53) and the courses that a role needs (S1-19)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

from customers.imports.acting import acting_person
from staff import acting, queries, undertakings
from staff.acting import person_of
from staff.duties import duties_of
from staff.models import Department, Person, RequiredCourse, RoleHolding, Training, Undertaking
from staff.services import duties
from staff.step_up import StepUpNeeded
from tests.papers import PDF
from tests.staff.company import (
    PASSWORD,
    Company,
    ago,
    bound,
    enrolled,
    facts_since,
    kinds_since,
    last_event,
    log_in,
)
from trail.actor import Actor

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def lacking(person: Person, **later: float) -> str:
    found = queries.standing(person.pk, ago() + timedelta(**later))
    assert found is not None
    return found.lacking


@pytest.fixture
def unsigned(company: Company) -> Person:
    """An agent who has signed nothing yet."""
    person = Person.objects.create_user(
        "neu", "新人", department=company.tree["calls"], joined_at=ago(days=900)
    )
    RoleHolding.objects.create(person=person, role="agent", since=ago(days=900))
    return person


@pytest.fixture
def manager(company: Company) -> Actor:
    return company.actor(company.person("manager", "security"))


def signed(person: Person, *, version: str = "", hash: str = "", **when: Any) -> Undertaking:
    text = undertakings.in_force(ago())
    return Undertaking.objects.create(
        person=person, version=version or text.version, hash=hash or text.hash, method="totp", **when
    )


def test_whoever_signed_nothing_lacks_the_undertaking(company: Company, unsigned: Person) -> None:
    assert lacking(unsigned) == "undertaking"
    assert lacking(company.person("p", "agent")) == ""


def test_counts_for_a_year_to_the_second(unsigned: Person) -> None:
    at = ago()
    signed(unsigned, signed_at=at)
    year = at.replace(year=at.year + 1)
    states = [
        queries.standing(unsigned.pk, when)
        for when in (at - timedelta(seconds=1), at, year - timedelta(seconds=1), year)
    ]
    assert [one and one.lacking for one in states] == ["undertaking", "", "", "undertaking"]


def test_counts_no_longer_than_it_says(unsigned: Person) -> None:
    signed(unsigned, signed_at=ago(days=9), valid_until=ago(days=1))
    assert lacking(unsigned) == "undertaking"


def test_asks_again_for_a_new_text(unsigned: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    signed(unsigned, signed_at=ago(hours=2))
    (first,) = undertakings.texts()
    later = replace(first, version="2027-1", hash="0" * 64, since=ago(hours=1))
    monkeypatch.setattr(undertakings, "texts", lambda: (first, later))
    assert lacking(unsigned) == "undertaking"
    assert lacking(unsigned, hours=-1.5) == ""  # before the new text came into force


@pytest.mark.parametrize("wrong", [{"version": "2019"}, {"hash": "f" * 64}])
def test_does_not_count_another_text(unsigned: Person, wrong: dict[str, str]) -> None:
    signed(unsigned, signed_at=ago(days=1), **wrong)
    assert lacking(unsigned) == "undertaking"


def test_the_hash_binds_every_word() -> None:
    entry = {"version": "1", "since": "2020-01-01", "title": {"en": "T"}, "paragraphs": {"en": ["a", "b"]}}
    changed = entry | {"paragraphs": {"en": ["a", "B"]}}
    assert undertakings.hash_of(entry) != undertakings.hash_of(changed)
    assert undertakings.hash_of(entry) == undertakings.hash_of(entry | {"since": "2021-01-01"})
    for text in undertakings.texts():
        assert set(text.titles) == set(text.paragraphs) == {"zh-hans", "en"}
        assert len({len(said) for said in text.paragraphs.values()}) == 1


def test_what_was_signed_stays(unsigned: Person) -> None:
    made = signed(unsigned, signed_at=ago(days=1))
    for act in (
        lambda: Undertaking.objects.filter(pk=made.pk).update(signed_at=ago()),
        lambda: Undertaking.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_job_for_somebody_lacks_the_same(company: Company) -> None:
    person = Person.objects.create_user("s", "主管", department=company.tree["calls"], joined_at=ago(days=9))
    RoleHolding.objects.create(person=person, role="supervisor", since=ago(days=9))
    assert acting_person(person.pk, ago()).lacking == "undertaking"
    bound(person)
    assert acting_person(person.pk, ago()).lacking == ""


def test_no_course_is_required_as_shipped(company: Company) -> None:
    assert not RequiredCourse.objects.exists()
    assert lacking(company.person("p", "supervisor")) == ""


def test_a_required_course_is_missed_until_it_is_passed(company: Company, manager: Actor) -> None:
    person, other = company.person("p", "agent"), company.person("q", "supervisor")
    head = company.head("h", "service")
    for role in ("agent", "head"):
        duties.require_course(role=role, course="privacy", months=6, by=manager, at=ago(days=1))
    assert [lacking(one) for one in (person, other, head)] == ["training", "", "training"]
    start = last_event()
    passed = duties.enter_training(
        person=person, course="privacy", passed_at=ago(days=9), by=manager, at=ago()
    )
    assert kinds_since(start) == ["staff.training_entered"]
    assert lacking(person) == ""
    assert lacking(person, days=200) == "training"  # six months on
    duties.end_training(passed.pk, by=manager, at=ago())
    assert lacking(person) == "training"
    (required, _head) = RequiredCourse.objects.order_by("role")
    duties.require_no_more(required.pk, by=manager, at=ago())
    assert lacking(person) == ""


def test_only_the_end_of_a_training_is_put_earlier(company: Company, manager: Actor) -> None:
    passed = duties.enter_training(
        person=company.person("p"), course="privacy", passed_at=ago(days=9), by=manager, at=ago()
    )
    rows = Training.objects.filter(pk=passed.pk)
    for wrong in ({"course": "other"}, {"passed_at": ago()}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**wrong)
    rows.update(valid_until=ago())
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(valid_until=None)


def test_nobody_files_anything_of_their_own(company: Company, manager: Actor) -> None:
    own = person_of(manager)
    with pytest.raises(duties.NotEntered, match="own"):
        duties.enter_training(person=own, course="privacy", passed_at=ago(days=9), by=manager, at=ago())
    version = undertakings.in_force(ago()).version
    with pytest.raises(duties.NotEntered, match="own"):
        duties.enter_paper(
            person=own, version=version, signed_at=ago(days=1), scan=PDF, name="x", by=manager, at=ago()
        )


def test_shows_a_scan_to_whoever_reads_the_duties_and_to_nobody_else(
    company: Company, manager: Actor, unsigned: Person
) -> None:
    version = undertakings.in_force(ago()).version
    filed = duties.enter_paper(
        person=unsigned,
        version=version,
        signed_at=ago(days=1),
        scan=PDF,
        name="新人.PDF",
        by=manager,
        at=ago(),
    )
    assert filed.file is not None
    (held,) = duties_of([unsigned.pk], ago())
    assert held.signed is not None
    assert held.signed.file == filed.file
    head = company.actor(company.head("head", "calls"))
    company.tree["west"] = Department.objects.create(code="west", name="west", parent=company.tree["hq"])
    elsewhere = company.actor(company.person("other", "supervisor", department="west"))
    colleague = company.actor(company.person("colleague", "agent", department="calls"))
    for reader in (company.actor(unsigned, factor=False), head, manager):
        start = last_event()
        shown = duties.show_file(filed.file, by=reader, at=ago())
        assert shown.name == f"scan-{last_event()}.pdf"
        assert shown.content != PDF
        assert kinds_since(start) == ["files.read"]
    for stranger in (elsewhere, colleague):
        with pytest.raises(LookupError):
            duties.show_file(filed.file, by=stranger, at=ago())


def sign(person: Person, actor: Actor, **more: Any) -> Undertaking:
    session = Client().session
    acting.begin(session, person, at=ago())
    if actor.second_factor_at:
        acting.give_factor(session, person, method="totp", at=actor.second_factor_at)
    given = {"seen_hash": undertakings.in_force(ago()).hash} | more
    return duties.sign(session, by=actor, at=ago(), **given)


def test_signs_with_a_fresh_factor_and_leaves_an_event(company: Company, unsigned: Person) -> None:
    enrolled(unsigned)
    start = last_event()
    made = sign(unsigned, company.actor(unsigned))
    assert (made.method, lacking(unsigned)) == ("totp", "")
    assert facts_since(start, "staff.undertaking_signed") == [
        {"person": str(unsigned.pk), "version": made.version, "hash": made.hash, "method": "totp"}
    ]


def test_a_password_never_signs_where_there_is_a_factor(company: Company, unsigned: Person) -> None:
    enrolled(unsigned)
    for actor in (
        company.actor(unsigned, factor=False),
        replace(company.actor(unsigned), second_factor_at=ago(minutes=6)),
    ):
        with pytest.raises(StepUpNeeded):
            sign(unsigned, actor, password=PASSWORD)
    assert lacking(unsigned) == "undertaking"


def test_an_agent_without_a_factor_signs_with_the_password(company: Company, unsigned: Person) -> None:
    unsigned.set_password(PASSWORD)
    unsigned.save(update_fields=["password"])
    actor = company.actor(unsigned, factor=False)
    start = last_event()
    with pytest.raises(duties.NotSigned, match="wrong_password"):
        sign(unsigned, actor, password="wrong")
    assert sign(unsigned, actor, password=PASSWORD).method == "password"
    assert kinds_since(start) == ["staff.undertaking_refused", "staff.undertaking_signed"]


def test_passwords_cannot_be_guessed_here(company: Company, unsigned: Person) -> None:
    unsigned.set_password(PASSWORD)
    unsigned.save(update_fields=["password"])
    actor = company.actor(unsigned, factor=False)
    for _try in range(5):
        with pytest.raises(duties.NotSigned, match="wrong_password"):
            sign(unsigned, actor, password="wrong")
    with pytest.raises(duties.NotSigned, match="too_many"):
        sign(unsigned, actor, password=PASSWORD)


def test_signs_only_what_was_shown(company: Company, unsigned: Person) -> None:
    with pytest.raises(duties.NotSigned, match="other_text"):
        sign(unsigned, company.actor(unsigned), seen_hash="0" * 64)


def test_shows_the_duties_of_several_people(
    company: Company, unsigned: Person, manager: Actor, django_assert_num_queries: Any
) -> None:
    duties.require_course(role="agent", course="privacy", months=6, by=manager, at=ago(days=1))
    done = company.person("p", "agent")
    duties.enter_training(person=done, course="privacy", passed_at=ago(days=9), by=manager, at=ago())
    duties.enter_training(person=done, course="own", passed_at=ago(days=9), by=manager, at=ago())
    at = ago()
    with django_assert_num_queries(3):
        shown = {one.person: one for one in duties_of([done.pk, unsigned.pk], at)}
    assert shown[done].complete
    assert not shown[unsigned].complete
    assert [(one.name, one.required, one.valid, one.until is None) for one in shown[done].courses] == [
        ("own", False, True, True),
        ("privacy", True, True, False),
    ]
    assert [(one.name, one.valid) for one in shown[unsigned].courses] == [("privacy", False)]
    for person, one in shown.items():
        assert one.complete == (lacking(person) == "")


def paper(person: Person, **more: Any) -> dict[str, Any]:
    said = {
        "person": person.pk,
        "version": undertakings.in_force(ago()).version,
        "signed_at_0": ago(days=3).date().isoformat(),
        "signed_at_1": "09:00",
        "scan": SimpleUploadedFile("承诺书.pdf", PDF),
    }
    return said | more


def test_one_on_paper_is_filed_with_its_scan(client: Client, company: Company, unsigned: Person) -> None:
    log_in(client, company.person("m", "security"))
    start = last_event()
    assert client.post("/admin/staff/undertaking/add/", paper(unsigned)).status_code == 302
    made = Undertaking.objects.get(person=unsigned)
    assert (made.method, bool(made.file), made.hash) == ("paper", True, undertakings.in_force(ago()).hash)
    assert lacking(unsigned) == ""
    assert kinds_since(start) == ["files.put", "staff.undertaking_signed"]
    page = f"/admin/staff/undertaking/{made.pk}/change/"
    assert client.post(page, paper(unsigned)).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"scan": ""},
        {"scan": SimpleUploadedFile("x.exe", b"MZ")},
        {"version": "2019"},
        {"signed_at_0": "2099-01-01"},
    ],
)
def test_paper_is_refused(client: Client, company: Company, unsigned: Person, wrong: dict[str, Any]) -> None:
    log_in(client, company.person("m", "security"))
    assert client.post("/admin/staff/undertaking/add/", paper(unsigned, **wrong)).status_code == 200
    assert not Undertaking.objects.filter(person=unsigned).exists()


def test_courses_are_managed_in_the_back_office(client: Client, company: Company) -> None:
    person = company.person("p", "agent")
    log_in(client, company.person("m", "security"))
    required = {"role": "agent", "course": "privacy", "months": "12"}
    assert client.post("/admin/staff/requiredcourse/add/", required).status_code == 302
    assert lacking(person) == "training"
    passed = {
        "person": person.pk,
        "course": "privacy",
        "passed_at_0": ago(days=3).date().isoformat(),
        "passed_at_1": "09:00",
        "valid_until_0": "",
        "valid_until_1": "",
    }
    assert client.post("/admin/staff/training/add/", passed).status_code == 302
    assert lacking(person) == ""
    held = Training.objects.get(person=person)
    assert client.post(f"/admin/staff/training/{held.pk}/change/", {"ends": "on"}).status_code == 302
    assert lacking(person) == "training"
    row = RequiredCourse.objects.get()
    assert client.post(f"/admin/staff/requiredcourse/{row.pk}/change/", {"ends": "on"}).status_code == 302
    assert lacking(person) == ""
