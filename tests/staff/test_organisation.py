"""The one organisation: who may write it down, what is recorded, and that there is never a second one."""

from dataclasses import replace
from datetime import date

import pytest
from auditlog.models import LogEntry
from django.db import IntegrityError, transaction

from staff.models import Organisation
from staff.queries import Controller, organisation
from staff.services.organisation import set_organisation
from staff.services.people import NotAllowed
from staff.step_up import StepUpNeeded
from tests.staff.company import Company, facts_since, kinds_since, last_event

US = Controller(
    name_zh="示例公司",
    name_en="Example Ltd.",
    address="示例市示例路1号",
    email="privacy@example.com",
    phone="400-000-0000",
    officer_name="示例",
    officer_contact="officer@example.com",
)


def write(company: Company, said: Controller, role: str = "security") -> None:
    by = company.actor(company.person(f"w{last_event()}", role))
    set_organisation(said, by=by, at=company.at)


def test_is_nobody_until_somebody_says_who(company: Company) -> None:
    assert organisation() is None


@pytest.mark.parametrize("role", ["security", "officer"])
def test_is_written_down_by_two_roles(company: Company, role: str) -> None:
    start = last_event()
    write(company, US, role)
    assert organisation() == US
    assert facts_since(start, "staff.organisation_changed") == [
        {"fields": sorted(Controller.__dataclass_fields__)}
    ]


@pytest.mark.parametrize("role", ["agent", "supervisor", "analyst", "custodian", "auditor"])
def test_refuses_everybody_else(company: Company, role: str) -> None:
    with pytest.raises(NotAllowed):
        write(company, US, role)
    assert organisation() is None


def test_refuses_a_tired_second_factor(company: Company) -> None:
    by = company.actor(company.person("m", "security"), factor=False)
    with pytest.raises(StepUpNeeded):
        set_organisation(US, by=by, at=company.at)
    assert organisation() is None


def test_a_change_names_the_fields_and_the_history_the_values(company: Company) -> None:
    write(company, US)
    officer = company.person("o", "officer")
    start = last_event()
    write(
        company, replace(US, phone="400-111-1111", officer_id=officer.pk, officer_filed_on=date(2026, 1, 5))
    )
    assert facts_since(start, "staff.organisation_changed") == [
        {"fields": ["officer_filed_on", "officer_id", "phone"]}
    ]
    found = organisation()
    assert found is not None
    assert (found.officer_id, found.officer_filed_on) == (officer.pk, date(2026, 1, 5))
    changes = LogEntry.objects.filter(content_type__model="organisation").latest("pk").changes_dict
    assert changes["phone"] == ["400-000-0000", "400-111-1111"]


def test_the_same_again_is_no_act(company: Company) -> None:
    write(company, US)
    start = last_event()
    write(company, US)
    assert kinds_since(start) == []


def test_there_is_never_a_second_one(company: Company) -> None:
    write(company, US)
    for pk in (1, 2):
        with pytest.raises(IntegrityError), transaction.atomic():
            Organisation.objects.bulk_create([Organisation(pk=pk, name_zh="又", name_en="B")])
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize(
    "name", ["name_zh", "name_en", "address", "email", "phone", "officer_name", "officer_contact"]
)
def test_the_database_refuses_one_that_cannot_be_named_or_reached(company: Company, name: str) -> None:
    write(company, US)
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.update(**{name: ""})
