"""One-time codes are shown in the demo, of demo people, and nowhere else."""

from typing import Any

import pytest

from staff import demo
from staff.services.factors import check_code
from tests.staff.company import Company


@pytest.mark.parametrize(("is_demo", "person_is"), [(False, True), (True, False), (False, False)])
def test_is_refused_outside_the_demo(company: Company, settings: Any, is_demo: bool, person_is: bool) -> None:
    settings.DEMO = is_demo
    person = company.person("p", "agent", is_demo=person_is)
    with pytest.raises(demo.NotADemo):
        demo.enrol(person, password="seven green elephants", at=company.at)
    with pytest.raises(demo.NotADemo):
        demo.current_code(person)


def test_shows_the_code_of_a_demo_person(company: Company, settings: Any) -> None:
    settings.DEMO = True
    person = company.person("p", "agent", is_demo=True)
    demo.enrol(person, password="seven green elephants", at=company.at)
    assert person.check_password("seven green elephants")
    check_code(person, demo.current_code(person))
