"""One-time enrolment: once, for a day, both halves where there are two."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import ValidationError

from staff import acting
from staff.models import Enrolment, Freeze, Person
from staff.models.enrolments import ENROL, FACTOR, PASSWORD
from staff.services import enrolments
from staff.services.enrolments import EnrolmentRefused
from tests.staff.company import PASSWORD as KNOWN
from tests.staff.company import Company, code_of, enrolled, facts_since, last_event

NEW = "seven green elephants"
VISITOR = acting.visitor(None)


@pytest.fixture
def person(company: Company) -> Person:
    return company.person("p", "agent")


def halves(company: Company, person: Person, purpose: str = ENROL) -> tuple[Enrolment, str, str]:
    """Issue an enrolment in two halves, to a proposer and a signer."""
    one, other = company.actor(company.person("one")), company.actor(company.person("two"))
    made = enrolments.issue(person, purpose, by=other, at=company.at, link_for=one.id, code_for=other.id)
    token = enrolments.fetch_link(made.pk, by=one, at=company.at)
    return made, token, enrolments.fetch_code(made.pk, by=other, at=company.at)


def finish(company: Company, token: str, code: str = "", **facts: Any) -> Person:
    begun = enrolments.begin(token, code=code, by=VISITOR, at=company.at)
    said = {
        "password": NEW,
        "secret": begun.secret,
        "totp": code_of(begun.secret) if begun.secret else "",
    } | facts
    return enrolments.complete(token, code=code, by=VISITOR, at=company.at, **said)


def refusal(company: Company, token: str, code: str = "", *, later: timedelta = timedelta()) -> str:
    with pytest.raises(EnrolmentRefused) as refused:
        enrolments.begin(token, code=code, by=VISITOR, at=company.at + later)
    return refused.value.code


def test_sets_password_and_factor_once(company: Company, person: Person) -> None:
    made, token, code = halves(company, person)
    start = last_event()
    assert finish(company, token, code) == person
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert person.password_set_at == company.at
    assert Authenticator.objects.get(user=person).type == "totp"
    assert facts_since(start, "staff.enrolled") == [
        {"enrolment": str(made.pk), "person": str(person.pk), "purpose": ENROL}
    ]
    assert refusal(company, token, code) == "used"


def test_the_code_may_be_typed_as_people_type(company: Company, person: Person) -> None:
    _made, token, code = halves(company, person)
    assert finish(company, token, f" {code.lower().replace('-', ' ')} ") == person


def test_both_halves_are_needed(company: Company, person: Person) -> None:
    _made, token, code = halves(company, person)
    assert refusal(company, token) == "code_missing"
    assert refusal(company, token, "AAAAA-AAAAA") == "wrong_code"
    assert refusal(company, "x" * 43, code) == "unknown"


def test_five_wrong_codes_end_it(company: Company, person: Person) -> None:
    _made, token, code = halves(company, person)
    start = last_event()
    for _attempt in range(5):
        assert refusal(company, token, "AAAAA-AAAAA") == "wrong_code"
    assert refusal(company, token, code) == "ended"
    assert [facts["why"] for facts in facts_since(start, "staff.enrolment_refused")] == ["wrong_code"] * 5 + [
        "ended"
    ]


def test_expires_after_a_day(company: Company, person: Person) -> None:
    _made, token, code = halves(company, person)
    assert refusal(company, token, code, later=timedelta(hours=24)) == "expired"
    enrolments.begin(token, code=code, by=VISITOR, at=company.at + timedelta(hours=23, minutes=59))


def test_a_newer_one_ends_the_former(company: Company, person: Person) -> None:
    _made, token, code = halves(company, person)
    enrolments.issue(person, ENROL, by=VISITOR, at=company.at, mail_to="p@example.com")
    assert refusal(company, token, code) == "ended"


def test_a_half_fetched_anew_ends_the_former(company: Company, person: Person) -> None:
    made, token, code = halves(company, person)
    one = replace(VISITOR, id=made.link_for)
    again = enrolments.fetch_link(made.pk, by=one, at=company.at)
    assert refusal(company, token, code) == "unknown"
    assert finish(company, again, code) == person


@pytest.mark.parametrize("fetch", ["fetch_link", "fetch_code"])
def test_each_half_goes_to_its_holder_only(company: Company, person: Person, fetch: str) -> None:
    made, _token, _code = halves(company, person)
    wrong = made.code_for if fetch == "fetch_link" else made.link_for
    for someone in (wrong, person.pk, None):
        with pytest.raises(EnrolmentRefused):
            getattr(enrolments, fetch)(made.pk, by=replace(VISITOR, id=someone), at=company.at)


@pytest.mark.parametrize("why", ["left", "frozen"])
def test_goes_no_further_for_who_may_not_work(company: Company, person: Person, why: str) -> None:
    _made, token, code = halves(company, person)
    if why == "left":
        Person.objects.filter(pk=person.pk).update(left_at=company.at)
    else:
        Freeze.objects.create(person=person, at=company.at, by_number="9")
    assert refusal(company, token, code) == "not_working"


def test_a_weak_password_sets_nothing(company: Company, person: Person) -> None:
    _made, token, code = halves(company, person)
    for weak in ("password1234", "short", "123456789012"):
        with pytest.raises(ValidationError):
            finish(company, token, code, password=weak)
    assert not Authenticator.objects.exists()
    assert finish(company, token, code) == person


def test_a_wrong_one_time_code_sets_nothing(company: Company, person: Person) -> None:
    _made, token, code = halves(company, person)
    with pytest.raises(EnrolmentRefused) as refused:
        finish(company, token, code, totp="000000")
    assert refused.value.code == "wrong_totp"
    person.refresh_from_db()
    assert not person.has_usable_password()


def test_goes_by_mail_where_a_mail_address_was_signed_for(company: Company, person: Person) -> None:
    made = enrolments.issue(
        person, ENROL, by=VISITOR, at=company.at, mail_to="p@example.com", link_for=person.pk
    )
    assert (made.link_for, made.code_for) == (None, None)
    enrolments.send_link(made.pk, address="https://custinfo.example", by=VISITOR, at=company.at)
    assert mail.outbox[0].to == ["p@example.com"]
    address, token = str(mail.outbox[0].body).strip().splitlines()[-1].split("#")
    assert address == "https://custinfo.example/enrol/"
    assert finish(company, token) == person


def test_only_digests_are_stored(company: Company, person: Person) -> None:
    made, token, code = halves(company, person)
    made.refresh_from_db()
    for secret in (token, code, code.replace("-", "")):
        assert secret.encode() not in bytes(made.token_digest or b"") + bytes(made.code_digest or b"")
    assert len(bytes(made.token_digest or b"")) == 32


def test_a_password_reset_wants_the_present_factor(company: Company, person: Person) -> None:
    enrolled(person)
    _made, token, code = halves(company, person, PASSWORD)
    begun = enrolments.begin(token, code=code, by=VISITOR, at=company.at)
    assert (begun.sets_factor, begun.asks_factor, begun.secret) == (False, True, "")
    with pytest.raises(EnrolmentRefused) as refused:
        finish(company, token, code, totp="000000")
    assert refused.value.code == "wrong_totp"
    finish(company, token, code, totp=code_of(person))
    person.refresh_from_db()
    assert person.check_password(NEW)


def test_a_factor_reset_wants_the_present_password(company: Company, person: Person) -> None:
    former = enrolled(person)
    _made, token, code = halves(company, person, FACTOR)
    with pytest.raises(EnrolmentRefused) as refused:
        finish(company, token, code, password="not the password")
    assert refused.value.code == "wrong_password"
    finish(company, token, code, password=KNOWN)
    person.refresh_from_db()
    assert person.check_password(KNOWN)
    assert Authenticator.objects.filter(user=person).count() == 1
    assert code_of(person) != code_of(former)
