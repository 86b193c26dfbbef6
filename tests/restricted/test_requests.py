"""Asking for a value, and who may sign."""

from datetime import timedelta

import pytest

from restricted import grants
from restricted.factors import FactorRefused
from restricted.models import Request, Signature
from restricted.services import requests
from restricted.services.requests import RequestRefused
from staff.models import Notification
from staff.roles import AGENT, HEAD, OFFICER
from tests.access.cast import kinds_since, last_event
from tests.restricted.house import REASON, House, id_of
from trail.actor import Actor

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"])


def sign(house: House, made: Request, who: Actor, *, later: int = 0) -> str:
    code = house.code(who, later=later)
    return requests.sign(made.pk, accepted=True, code=code, by=who, at=house.at)


def test_tells_those_who_sign_and_records_no_reason(house: House) -> None:
    start = last_event()
    made = house.asked(house.value())
    assert kinds_since(start) == ["restricted.asked"]
    told = set(Notification.objects.filter(code="l4_request_waits").values_list("person_id", flat=True))
    assert told == {id_of(house.head), id_of(house.officer)}
    assert REASON.encode() not in bytes(made.reason)
    assert grants.state(made, house.at) == "waiting"


def test_is_live_when_head_and_officer_have_signed(house: House) -> None:
    made = house.asked(house.value())
    start = last_event()
    assert sign(house, made, house.head) == "head"
    assert sign(house, made, house.officer) == "officer"
    assert kinds_since(start) == ["restricted.signed"] * 2
    assert grants.state(Request.objects.get(pk=made.pk), house.at) == "live"


def test_nobody_signs_their_own_or_twice_or_without_a_seat(house: House) -> None:
    made = house.asked(house.value(), by=house.head)
    stranger = house.enrolled(AGENT, here=())
    south = house.enrolled(HEAD, department="south")
    for who in (house.head, house.asker, stranger, south):
        with pytest.raises((Request.DoesNotExist, FactorRefused)):
            sign(house, made, who)
    sign(house, made, house.officer)
    with pytest.raises(Request.DoesNotExist):
        sign(house, made, house.officer, later=1)
    assert Signature.objects.count() == 1


def test_another_officer_signs_for_a_head_whom_nobody_leads(house: House) -> None:
    made = house.asked(house.value(), by=house.head)
    second = house.enrolled(OFFICER)
    assert sign(house, made, house.officer) == "officer"
    assert sign(house, made, second) == "head"
    assert grants.state(Request.objects.get(pk=made.pk), house.at) == "live"


def test_a_signature_takes_a_fresh_code(house: House) -> None:
    made = house.asked(house.value())
    sign(house, made, house.head)
    other = house.asked(house.value())
    start = last_event()
    with pytest.raises(FactorRefused):
        sign(house, other, house.head)
    assert kinds_since(start) == ["restricted.factor_refused"]
    assert sign(house, other, house.head, later=1) == "head"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": " "}, "reason_missing"),
        ({"reason": "长" * 1001}, "reason_too_long"),
        ({"purpose": ""}, "purpose"),
        ({"purpose": "no_such"}, "purpose"),
        ({"days": 8}, "term"),
        ({"days": 0}, "term"),
        ({"days": -1}, "term"),
    ],
)
def test_refuses_what_cannot_be_asked(house: House, change: dict, code: str) -> None:
    value = house.value()
    asked = {"reason": REASON, "purpose": "complaint", "days": 1} | change
    ends = house.at + timedelta(days=asked.pop("days"))
    with pytest.raises(RequestRefused) as refused:
        requests.ask(value.pk, starts_at=house.at, ends_at=ends, by=house.asker, at=house.at, **asked)
    assert refused.value.code == code
    assert Request.objects.count() == 0


def test_officers_do_not_ask_and_originals_are_not_asked_for(house: House) -> None:
    for value, by, code in (
        (house.value(), house.officer, "may_not_ask"),
        (house.value("authorisation_original"), house.asker, "officer_alone"),
    ):
        with pytest.raises(RequestRefused) as refused:
            house.asked(value, by=by)
        assert refused.value.code == code


def test_shows_the_reason_to_whom_it_concerns_only(house: House) -> None:
    made = house.asked(house.value())
    start = last_event()
    for who in (house.asker, house.head, house.officer):
        assert requests.read_reason(made, by=who, at=house.at) == REASON
    assert kinds_since(start) == ["restricted.request_read"] * 3
    stranger = house.enrolled(HEAD, department="south")
    with pytest.raises(Request.DoesNotExist):
        requests.read_reason(made, by=stranger, at=house.at)
