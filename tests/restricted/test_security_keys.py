"""A security key in place of an app: enrolled with the code that was handed over, one answer for one thing."""

from datetime import timedelta

import pytest

from restricted import factors, security_keys
from restricted.factors import FactorRefused
from restricted.models import Factor, Opening
from restricted.services import enrolments, sessions
from restricted.services.enrolments import EnrolmentRefused
from restricted.services.openings import OpeningRefused, open_value
from tests.restricted.authenticator import FLAG, SecurityKey
from tests.restricted.house import PASSWORD, REASON, REPORT, House, id_of, visitor
from trail.actor import Actor
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"])


def enrolled(house: House, key: SecurityKey) -> None:
    """Enrol the officer's key with a code that was handed over."""
    _, _, code = enrolments.make(house.officer.number, by=Actor.system("restricted.enrol"), at=house.at)
    given = (house.officer.number, code, PASSWORD)
    enrolments.begin(*given, by=visitor(), at=house.at)
    enrolments.finish(*given, key.enrols(security_keys.challenge(house.at)), by=visitor(), at=house.at)


def answer(house: House, key: SecurityKey, **how) -> str:
    return key.answers(security_keys.challenge(house.at), **how)


def test_lets_in_and_opens_one_value_with_each_answer(house: House) -> None:
    key, value = SecurityKey(), house.value("authorisation_original")
    enrolled(house, key)
    assert (
        Event.objects.filter(kind="restricted.factor_added").order_by("-id")[0].facts["factor"] == "webauthn"
    )
    token = sessions.log_in(house.officer.number, PASSWORD, answer(house, key), by=visitor(), at=house.at)
    going, _ = sessions.go_on(token, ip="127.0.0.1", at=house.at)
    assert going is not None
    assert going.actor.second_factor_at == house.at
    for _ in range(2):
        open_value(value.pk, code=answer(house, key), reason=REASON, by=going.actor, at=house.at)
    used = answer(house, key)
    shown = open_value(value.pk, code=used, reason=REASON, by=going.actor, at=house.at)
    assert shown.content.decode() == REPORT
    with pytest.raises(OpeningRefused):
        open_value(value.pk, code=used, reason=REASON, by=going.actor, at=house.at)
    assert Opening.objects.count() == 3


def test_the_app_of_before_counts_no_more(house: House) -> None:
    before = house.code(house.officer)
    enrolled(house, SecurityKey())
    with pytest.raises(FactorRefused):
        factors.take(id_of(house.officer), before, at=house.at)


@pytest.mark.parametrize("what", ["origin", "key", "late", "made up", "unverified", "copy", "nonsense"])
def test_refuses_what_is_not_a_fresh_answer_of_this_key_to_this_site(house: House, what: str) -> None:
    key, at = SecurityKey(), house.at
    enrolled(house, key)
    officer = id_of(house.officer)
    factors.take(officer, answer(house, key), at=at)
    other = SecurityKey(id=key.id)
    given = {
        "origin": lambda: answer(house, key, origin="https://restricted.example.com"),
        "key": lambda: answer(house, other),
        "made up": lambda: key.answers("x" * 40),
        "copy": lambda: answer(house, key, counts=False),
        "nonsense": lambda: "{}",
    }.get(what, lambda: answer(house, key))
    if what == "unverified":
        key.flags = FLAG.UP
    if what == "late":
        at += timedelta(minutes=5)
    with pytest.raises(FactorRefused):
        factors.take(officer, given(), at=at)
    key.flags = FLAG.UP | FLAG.UV
    assert factors.take(officer, answer(house, key), at=house.at) < 0


def test_enrols_no_key_without_the_code_or_a_fresh_challenge(house: House) -> None:
    _, _, code = enrolments.make(house.officer.number, by=Actor.system("restricted.enrol"), at=house.at)
    key = SecurityKey()
    for handed, challenge, why in (
        ("x", security_keys.challenge(house.at), "unknown"),
        (code, "x" * 40, "wrong_code"),
        (code, security_keys.challenge(house.at - timedelta(minutes=6)), "wrong_code"),
    ):
        given = (house.officer.number, handed, PASSWORD, key.enrols(challenge))
        with pytest.raises(EnrolmentRefused) as refused:
            enrolments.finish(*given, by=visitor(), at=house.at)
        assert refused.value.code == why
    assert Factor.objects.get(person=id_of(house.officer)).kind == "totp"
