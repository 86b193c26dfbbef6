"""Portfolios in the back office: set up once; the department decides whom supervisors reach, so it stays."""

import pytest
from django.test import Client

from customers.models import Portfolio
from tests.staff.company import Company, log_in

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def company() -> Company:
    return Company()


def at_work(company: Company, role: str) -> Client:
    client = Client()
    log_in(client, company.person(f"x-{role}", role))
    return client


def test_a_portfolio_keeps_its_code_and_its_department(company: Company) -> None:
    manager = at_work(company, "security")
    said = {"code": "N", "name": "北方", "department": company.tree["calls"].pk, "region": "north"}
    assert manager.post("/admin/customers/portfolio/add/", said).status_code == 302
    made = Portfolio.objects.get()
    changed = said | {"code": "M", "name": "华北", "department": company.tree["hq"].pk}
    assert manager.post(f"/admin/customers/portfolio/{made.pk}/change/", changed).status_code == 302
    made.refresh_from_db()
    assert (made.code, made.name, made.department.code) == ("N", "华北", "calls")


@pytest.mark.parametrize("role", ["officer", "auditor"])
def test_others_read_and_never_write(company: Company, role: str) -> None:
    reader = at_work(company, role)
    assert reader.get("/admin/customers/portfolio/").status_code == 200
    assert reader.get("/admin/customers/portfolio/add/").status_code == 403


def test_no_customer_appears_in_the_back_office(company: Company) -> None:
    manager = at_work(company, "security")
    assert manager.get("/admin/customers/customer/").status_code == 404
