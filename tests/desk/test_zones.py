"""A rule that demands a network zone, asked through no, one and two proxies, with whatever a client claims."""

from typing import Any

import pytest

from access.models import ReadingRule
from customers.models import Customer
from staff.models import Network, Site
from tests.access.cast import Cast
from tests.desk.at_work import HTMX, browser, text
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
OFFICE, HOME, PROXY, INNER = "10.20.0.5", "203.0.113.9", "192.0.2.1", "192.0.2.2"


@pytest.fixture
def customer(cast: Cast) -> Customer:
    """A customer whose L3 supervisors read in the clear from the office alone."""
    site = Site.objects.create(code="hq", name="总部", region="east")
    Network.objects.create(cidr="10.20.0.0/16", site=site, zone="office")
    general = ReadingRule.objects.get(code="supervisor-l3")
    ReadingRule.objects.filter(pk=general.pk).update(until=cast.at)
    ReadingRule.objects.create(
        code="supervisor-l3-office",
        role="supervisor",
        level=3,
        zone="office",
        view="masked",
        clear_when=[["contact", "reason"]],
        clause="S4-44",
        since=cast.at,
    )
    return cast.customer()


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "zone"),
    [
        (0, OFFICE, "", "office"),
        (0, HOME, OFFICE, ""),
        (0, HOME, f"{OFFICE}, {OFFICE}, {OFFICE}", ""),
        (1, PROXY, OFFICE, "office"),
        (1, PROXY, HOME, ""),
        (1, PROXY, f"{OFFICE}, {HOME}", ""),
        (1, PROXY, "", ""),
        (2, INNER, f"{OFFICE}, {PROXY}", "office"),
        (2, INNER, f"{HOME}, {PROXY}", ""),
        (2, INNER, f"{OFFICE}, {HOME}, {PROXY}", ""),
        (2, INNER, f"{OFFICE}, {OFFICE}, {HOME}, {PROXY}", ""),
        (2, INNER, OFFICE, ""),
    ],
)
def test_forged_headers_change_nothing(
    cast: Cast, customer: Customer, settings: Any, proxies: int, remote: str, forwarded: str, zone: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    client = browser(cast.supervisor())
    claims = {
        "X-Forwarded-For": forwarded,
        "X-Real-IP": OFFICE,
        "Forwarded": f"for={OFFICE}",
        "X-Forwarded-Host": "office.example",
    }
    here: dict[str, Any] = {"REMOTE_ADDR": remote, "headers": claims if forwarded else {}}
    page = f"/customers/{customer.ref}/"
    assert client.get(page, **here).status_code == 200
    here["headers"] = HTMX | here["headers"]
    answer = client.post(f"{page}reveal/mobile/", {"reason": "来电核对"}, **here)
    assert ("15400000018" in text(answer)) == bool(zone)
    read = Event.objects.filter(kind__in=("field.revealed", "reveal.refused")).latest("id")
    assert (read.zone, read.kind) == (zone, "field.revealed" if zone else "reveal.refused")
    if not zone:
        assert read.facts["why"] == "outside_zone"
        assert "“office”" in text(answer)


def test_the_explanation_names_the_zone(cast: Cast, customer: Customer) -> None:
    supervisor = cast.supervisor()
    client = browser(cast.person("security"))
    said = {"person": supervisor.number, "customer": customer.number}
    assert "“office”" in text(client.post("/explain/", said))
