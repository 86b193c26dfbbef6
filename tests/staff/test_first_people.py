"""The first two people: once, on an empty house."""

import pytest
from django.core.management import CommandError, call_command

from staff import acting, queries
from staff.models import Person
from staff.services import enrolments
from tests.staff.company import code_of, kinds_since, last_event
from trail import services as trail

ASKED = [
    *("--security", "0001", "陈静"),
    *("--head", "0002", "周明"),
    *("--department", "HQ", "总部"),
    *("--address", "https://custinfo.example"),
]


def test_sets_up_two_people_and_prints_two_links(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    start = last_event()
    call_command("first_people", *ASKED)
    lines = capsys.readouterr().out.splitlines()
    tokens = [line.split("https://custinfo.example/enrol/#")[1] for line in lines[:2]]
    at = trail.clock()
    manager, head = Person.objects.order_by("number")
    assert queries.roles_of(manager, at) == {"security"}
    assert queries.roles_of(head, at) == {"head"}
    for token, person in zip(tokens, (manager, head), strict=True):
        begun = enrolments.begin(token, by=acting.visitor(None), at=at)
        done = enrolments.complete(
            token,
            password="seven green elephants",
            secret=begun.secret,
            totp=code_of(begun.secret),
            by=acting.visitor(None),
            at=at,
        )
        assert done == person
    kinds = kinds_since(start)
    assert kinds.count("staff.person_made") == kinds.count("staff.enrolment_issued") == 2
    assert "staff.first_people" in kinds


def test_works_once(db: None) -> None:
    call_command("first_people", *ASKED)
    with pytest.raises(CommandError):
        call_command("first_people", *ASKED)
    assert Person.objects.count() == 2


def test_refuses_a_number_that_is_none(db: None) -> None:
    with pytest.raises(CommandError):
        call_command("first_people", *["; drop" if word == "0001" else word for word in ASKED])
    assert not Person.objects.exists()
