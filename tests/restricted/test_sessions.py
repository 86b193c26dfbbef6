"""Sessions, logins and enrolments of the restricted host."""

from datetime import timedelta

import pytest

from restricted import totp
from restricted.models import Attempt, Enrolment, Factor, Session
from restricted.services import enrolments, sessions
from restricted.services.enrolments import EnrolmentRefused
from restricted.services.sessions import LoginRefused
from staff.models import Freeze, Person
from staff.roles import AGENT, SUPERVISOR
from tests.access.cast import kinds_since, last_event
from tests.restricted.house import IP, PASSWORD, House, id_of, visitor
from trail.actor import Actor
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"])


def why_not(house: House, who: Actor, password: str = PASSWORD, code: str = "") -> str:
    with pytest.raises(LoginRefused) as refused:
        sessions.log_in(who.number, password, code or house.code(who), by=visitor(), at=house.at)
    return refused.value.code


def test_lets_in_with_the_password_of_the_main_site_and_a_code_of_this_one(house: House) -> None:
    start = last_event()
    token = house.logged_in(house.officer)
    assert kinds_since(start) == ["restricted.login"]
    going, why = sessions.go_on(token, ip=IP, at=house.at)
    assert (why, going is not None and going.actor.number) == ("", house.officer.number)
    assert token.encode() not in bytes(Session.objects.get().digest)


def test_refuses_a_wrong_password_a_wrong_code_and_a_used_one(house: House) -> None:
    start = last_event()
    assert why_not(house, house.asker, password="another one entirely") == "password"
    assert why_not(house, house.asker, code="000000") == "code"
    code = house.code(house.asker)
    sessions.log_in(house.asker.number, PASSWORD, code, by=visitor(), at=house.at)
    assert why_not(house, house.asker, code=code) == "code"
    kinds = ["restricted.login_refused"] * 2 + ["restricted.login", "restricted.login_refused"]
    assert kinds_since(start) == kinds


def test_counts_wrong_tries(house: House) -> None:
    for _ in range(5):
        assert why_not(house, house.asker, password="another one entirely") == "password"
    assert why_not(house, house.asker) == "too_many"
    assert Attempt.objects.filter(passed=False).count() == 6


def test_a_factor_of_the_main_site_counts_for_nothing_here(house: House) -> None:
    """Whoever owns the main site sets passwords there and makes factors there; none lets anybody in here."""
    unknown = house.cast.supervisor()
    person = Person.objects.get(pk=id_of(unknown))
    person.password = Person.objects.get(pk=id_of(house.asker)).password
    person.save(update_fields=["password"])
    assert why_not(house, unknown, code="123456") == "no_factor"


@pytest.mark.parametrize("how", ["left", "frozen"])
def test_refuses_leavers_and_the_frozen_at_login_and_in_the_middle(house: House, how: str) -> None:
    token = house.logged_in(house.asker)
    if how == "left":
        Person.objects.filter(pk=id_of(house.asker)).update(left_at=house.at)
    else:
        Freeze.objects.create(person_id=id_of(house.asker), at=house.at, by_number="M1")
    start = last_event()
    assert sessions.go_on(token, ip=IP, at=house.at) == (None, how)
    assert kinds_since(start) == ["restricted.session_ended"]
    assert why_not(house, house.asker) == how
    assert sessions.go_on(token, ip=IP, at=house.at) == (None, "ended")


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([299], ""),
        ([300], "idle"),
        ([290] * 12 + [119], ""),
        ([290] * 12 + [120], "too_long"),
    ],
)
def test_ends_after_five_minutes_idle_and_after_an_hour(house: House, steps: list[int], why: str) -> None:
    token, at = house.logged_in(house.asker), house.at
    for step in steps[:-1]:
        at += timedelta(seconds=step)
        assert sessions.go_on(token, ip=IP, at=at)[1] == ""
    at += timedelta(seconds=steps[-1])
    assert sessions.go_on(token, ip=IP, at=at)[1] == why


def test_a_made_up_cookie_is_no_session(house: House) -> None:
    house.logged_in(house.asker)
    digest = bytes(Session.objects.get().digest).hex()
    for token in ("", "x", digest):
        assert sessions.go_on(token, ip=IP, at=house.at) == (None, "ended")


def test_enrols_with_a_code_that_works_once(house: House) -> None:
    newcomer = house.cast.supervisor()
    person = Person.objects.get(pk=id_of(newcomer))
    person.password = Person.objects.get(pk=id_of(house.asker)).password
    person.save(update_fields=["password"])
    start = last_event()
    _, roles, code = enrolments.make(newcomer.number, by=Actor.system("restricted.enrol"), at=house.at)
    assert roles == [SUPERVISOR]
    assert code.encode() not in bytes(Enrolment.objects.get().code_sha256)
    given = (newcomer.number, code, PASSWORD)
    begun = enrolments.begin(*given, by=visitor(), at=house.at)
    first = totp.code_at(begun.secret, totp.step_at(house.at))
    enrolments.finish(*given, first, by=visitor(), at=house.at)
    assert kinds_since(start) == ["restricted.enrolment_made", "restricted.factor_added"]
    assert begun.secret not in Factor.objects.get(person=id_of(newcomer)).secret
    with pytest.raises(LoginRefused):  # the code that completed it is used up
        sessions.log_in(newcomer.number, PASSWORD, first, by=visitor(), at=house.at)
    following = totp.code_at(begun.secret, totp.step_at(house.at) + 1)
    assert sessions.log_in(newcomer.number, PASSWORD, following, by=visitor(), at=house.at)
    with pytest.raises(EnrolmentRefused) as refused:
        enrolments.begin(*given, by=visitor(), at=house.at)
    assert refused.value.code == "used"


def test_a_code_is_good_for_its_person_for_a_day(house: House) -> None:
    _, _, code = enrolments.make(house.asker.number, by=Actor.system("restricted.enrol"), at=house.at)
    for number, password, at, why in (
        (house.head.number, PASSWORD, house.at, "unknown"),
        (house.asker.number, "another one entirely", house.at, "password"),
        (house.asker.number, PASSWORD, house.at + timedelta(hours=24), "expired"),
    ):
        with pytest.raises(EnrolmentRefused) as refused:
            enrolments.begin(number, code, password, by=visitor(), at=at)
        assert refused.value.code == why
    assert Event.objects.filter(kind="restricted.enrolment_refused").count() >= 3


def test_enrols_nobody_who_has_no_business_here(house: House) -> None:
    agent = house.cast.person(AGENT)
    for number, why in ((agent.number, "no_role"), ("nobody", "unknown")):
        with pytest.raises(EnrolmentRefused) as refused:
            enrolments.make(number, by=Actor.system("restricted.enrol"), at=house.at)
        assert refused.value.code == why
