"""The report for a customer: by role and purpose, with kinds of information; no staff, no value, nobody else."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from audit.services import customer_reports
from staff.services.people import NotAllowed
from tests.access.cast import CANARIES
from tests.trail.cast import SHOWN
from trail import services as trail
from trail.exposed import Exposed
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def officer(cast):
    return cast.person("officer")


@pytest.fixture
def seen(cast):
    """An agent revealed a mobile twice for service and opened the page; a refusal; and somebody else's customer."""
    agent, customer, other = replace(cast.agent(), name="周不具名"), cast.customer("R1"), cast.customer("R2")
    at = cast.at - timedelta(hours=1)
    revealed = Exposed(customer.ref, "revealed", clear=("mobile",), level=3)
    for _number in range(2):
        trail.record(SHOWN, by=agent, at=at, exposures=[revealed], purpose="service")
    opened = Exposed(customer.ref, "opened", clear=("city",), masked=("mobile", "email"), level=2)
    trail.record(SHOWN, by=agent, at=at, exposures=[opened], purpose="complaint")
    trail.record(SHOWN, by=agent, at=at, exposures=[Exposed(customer.ref, "refused")])
    passport = Exposed(other.ref, "revealed", clear=("passport",), level=3)
    trail.record(SHOWN, by=agent, at=at, exposures=[passport], purpose="service")
    return agent, customer


def made(cast, officer, ref, language):
    since, until = cast.at - timedelta(days=1), cast.at
    file = customer_reports.make(ref, since=since, until=until, language=language, by=officer, at=cast.at)
    return "".join(page.extract_text() for page in PdfReader(BytesIO(file.content)).pages), file


def test_says_by_role_and_purpose_how_often_and_what(cast, officer, seen):
    _agent, customer = seen
    told, _file = made(cast, officer, customer.ref, "en")
    assert "R1" in told
    assert "Agent" in told
    assert "in full: Mobile" in told
    assert "masked: " in told
    assert "Passport" not in told
    assert "refused" not in told.split("Counted from")[0]


def test_names_no_staff_and_holds_no_value(cast, officer, seen):
    agent, customer = seen
    for language in customer_reports.LANGUAGES:
        told, file = made(cast, officer, customer.ref, language)
        for person in (agent, officer):
            assert person.name not in told
            assert person.number not in told
            assert person.number.encode() not in file.content
        assert not any(canary in told for canary in CANARIES)


def test_speaks_the_customer_s_language(cast, officer, seen):
    _agent, customer = seen
    assert "您的信息查阅情况说明" in made(cast, officer, customer.ref, "zh-hans")[0]


def test_is_recorded_before_it_is_made(cast, officer, seen):
    _agent, customer = seen
    _told, file = made(cast, officer, customer.ref, "en")
    event = Event.objects.get(kind="customer.report_made")
    assert file.name == f"custinfo-who-saw-{event.id}.pdf"
    assert event.facts["rows"] == 2


def test_refuses_whoever_does_not_make_them_and_knows_nobody_else(cast, officer, seen):
    from uuid import uuid4

    _agent, customer = seen
    with pytest.raises(NotAllowed):
        made(cast, cast.person("auditor"), customer.ref, "en")
    with pytest.raises(customer_reports.UnknownCustomer):
        made(cast, officer, uuid4(), "en")
