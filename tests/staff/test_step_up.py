"""Only a fresh code of the app or a security key is a step-up."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import SessionBase

from staff import acting, step_up
from staff.services import factors
from staff.sessions import SessionStore
from tests.staff.company import Company, code_of, enrolled, kinds_since, last_event


@pytest.fixture
def session(db: None) -> SessionBase:
    return SessionStore()


@pytest.mark.parametrize(("seconds", "fresh"), [(0, True), (300, True), (301, False)])
def test_is_fresh_for_five_minutes(company: Company, seconds: int, fresh: bool) -> None:
    actor = company.actor(company.person("p", "supervisor"))
    assert step_up.is_fresh(actor, at=company.at + timedelta(seconds=seconds)) == fresh


def test_wants_a_factor_where_there_is_none(company: Company) -> None:
    actor = replace(company.actor(company.person("p", "supervisor")), second_factor_at=None)
    with pytest.raises(step_up.StepUpNeeded):
        step_up.require(actor, at=company.at)


def begun(company: Company, session: SessionBase) -> acting.Facts:
    person = company.person("p", "supervisor")
    enrolled(person)
    acting.begin(session, person, at=company.at)
    facts = acting.facts_of(session, person)
    assert facts is not None
    return facts


def test_a_code_of_the_app_counts_once(company: Company, session: SessionBase) -> None:
    begun(company, session)
    from staff.models import Person

    person = Person.objects.get(number="p")
    actor, code, start = company.actor(person, factor=False), code_of(person), last_event()
    factors.confirm_code(session, code=code, by=actor, at=company.at)
    facts = acting.facts_of(session, person)
    assert facts is not None
    assert facts.second_factor_at == company.at
    with pytest.raises(factors.FactorRefused) as refused:
        factors.confirm_code(session, code=code, by=actor, at=company.at)
    assert refused.value.code == "wrong"
    assert kinds_since(start) == ["staff.step_up", "staff.step_up_refused"]


def test_five_wrong_codes_stop_the_guessing(company: Company, session: SessionBase) -> None:
    begun(company, session)
    from staff.models import Person

    person = Person.objects.get(number="p")
    actor = company.actor(person, factor=False)
    said = []
    for code in ("000000", "000001", "000002", "000003", "000004", code_of(person)):
        with pytest.raises(factors.FactorRefused) as refused:
            factors.confirm_code(session, code=code, by=actor, at=company.at)
        said.append(refused.value.code)
    assert said == ["wrong"] * 5 + ["too_many"]


@pytest.mark.parametrize(
    ("method", "counts"), [("totp", True), ("webauthn", True), ("recovery_codes", False), ("password", False)]
)
def test_counts_by_method(company: Company, session: SessionBase, method: str, counts: bool) -> None:
    person = company.person("p", "supervisor")
    acting.begin(session, person, at=company.at)
    acting.give_factor(session, person, method=method, at=company.at)
    facts = acting.facts_of(session, person)
    assert facts is not None
    assert (facts.second_factor_at is not None) == counts


def test_a_recovery_code_does_not_hide_an_earlier_factor(company: Company, session: SessionBase) -> None:
    person = company.person("p", "supervisor")
    acting.begin(session, person, at=company.at)
    acting.give_factor(session, person, method="totp", at=company.at)
    acting.give_factor(session, person, method="recovery_codes", at=company.at + timedelta(minutes=9))
    facts = acting.facts_of(session, person)
    assert facts is not None
    assert facts.second_factor_at == company.at
