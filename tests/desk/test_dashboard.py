"""The first page of those who watch: every number is the number of rows of the list that it leads to."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Audit, Finding
from audit.models.audits import MONTHLY
from audit.periods import month_before
from desk import numbers
from staff.models import Freeze, Person
from staff.roles import AGENT, AUDITOR, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import Cast
from tests.desk.at_work import browser, text
from tests.trail.cast import SHOWN
from trail import services as trail
from trail.events import TRAIL_READ
from trail.exposed import Exposed

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

MOST_QUERIES = 20


def tiles(actor, at):
    return [tile for panel in numbers.panels(actor, at) for tile in panel.tiles]


def rows(client, url) -> int:
    """Count the rows of a list, its head left out."""
    page = text(client.get(url))
    body = page[page.index("<tbody>") : page.index("</tbody>")] if "<tbody>" in page else ""
    return body.count("<tr")


def tile(actor, at, url):
    (found,) = [one for one in tiles(actor, at) if url in one.url]
    return found


def read(by, at, times):
    for _number in range(times):
        trail.record(TRAIL_READ, by=by, at=at, facts={"scope": "self", "filters": []})


def test_counts_events_of_the_month_as_their_list_does(cast: Cast):
    auditor, agent = cast.person(AUDITOR), cast.person(AGENT)
    read(agent, cast.at, 3)
    read(agent, numbers.month(cast.at) - timedelta(seconds=1), 1)
    client = browser(auditor)
    found = tile(auditor, cast.at, "kind=trail.read")
    assert found.number == 3
    # Opening the list is an event of the same kind.
    assert rows(client, found.url) == 3 + 1


def test_adds_kinds_up_as_their_list_does(cast: Cast):
    officer, agent = cast.person(OFFICER), cast.person(AGENT)
    from access.events import COMPARE_REFUSED, REVEAL_REFUSED

    held = {"field": "mobile", "level": 3, "why": "no_rule", "missing": [], "consent": "", "grant": ""}
    trail.record(REVEAL_REFUSED, by=agent, at=cast.at, facts=held)
    trail.record(COMPARE_REFUSED, by=agent, at=cast.at, facts={"field": "mobile", "why": "no_rule"})
    found = tile(officer, cast.at, "kind=reveal.refused")
    assert found.number == 2
    assert rows(browser(officer), found.url) == 2


def test_counts_the_frozen_and_the_leavers_as_their_lists_do(cast: Cast):
    manager = cast.person(SECURITY)
    frozen, gone, long_gone = (cast.person(AGENT) for _number in range(3))
    Freeze.objects.create(person_id=str(frozen.id), at=cast.at, by_number=manager.number)
    Person.objects.filter(pk=str(gone.id)).update(left_at=cast.at - timedelta(days=3))
    Person.objects.filter(pk=str(long_gone.id)).update(left_at=cast.at - timedelta(days=40))
    client = browser(manager)
    for url in ("state=frozen", "left=1"):
        found = tile(manager, cast.at, url)
        assert found.number == 1
        assert rows(client, found.url) == 1


def test_draws_findings_by_age(cast: Cast):
    officer = cast.person(OFFICER)
    for number, days in enumerate((0, 3, 3, 10, 60)):
        at = cast.at - timedelta(days=days)
        day = timezone.localdate(at)
        Finding.objects.create(key=str(number), source="detector", code="bulk", day=day, found_at=at)
    (panel,) = [one for one in numbers.panels(officer, cast.at) if one.bars]
    assert [bar.number for bar in panel.bars] == [1, 2, 1, 1]
    assert panel.tiles[0].number == 5
    client = browser(officer)
    assert rows(client, panel.tiles[0].url) == 5
    assert [rows(client, bar.url) for bar in panel.bars] == [1, 2, 1, 1]


def test_shows_how_far_the_trail_is_sealed_and_which_months_were_audited(cast: Cast):
    auditor = cast.person(AUDITOR)
    since, until = month_before(cast.at)
    Audit.objects.create(
        kind=MONTHLY, since=since, until=until, started_at=cast.at, started_by_number="system"
    )
    page = text(browser(auditor).get("/"))
    assert "存证程序尚未运行" in page
    assert timezone.localtime(since).strftime("%Y-%m") in page
    found = [one.calendar for one in numbers.panels(auditor, cast.at) if one.calendar]
    assert [month.state for month in found[0].months] == ["open", *["none"] * 11]


def test_links_a_supervisor_s_numbers_to_today_s_team(cast: Cast):
    supervisor, agent = cast.person(SUPERVISOR), cast.person(AGENT)
    exposed = Exposed(cast.customer().ref, "revealed", clear=("mobile",), level=3)
    trail.record(SHOWN, by=agent, at=cast.at, exposures=[exposed])
    team = [one for one in tiles(supervisor, cast.at) if "/trail/team/?from=" in one.url]
    assert [one.number for one in team] == [1, 1, 1, 0]
    assert "/trail/team/" in text(browser(supervisor).get("/"))


@pytest.mark.parametrize("role", [OFFICER, SECURITY, AUDITOR, SUPERVISOR])
def test_takes_as_many_queries_for_much_as_for_little(
    cast: Cast, role, django_assert_max_num_queries, django_assert_num_queries
):
    actor = cast.person(role)
    with django_assert_max_num_queries(MOST_QUERIES) as counted:
        numbers.panels(actor, cast.at)
    agents = [cast.person(AGENT) for _number in range(4)]
    for agent in agents:
        customer = cast.customer()
        trail.record(
            SHOWN, by=agent, at=cast.at, exposures=[Exposed(customer.ref, "revealed", ("mobile",), level=3)]
        )
        read(agent, cast.at, 2)
        key, day = str(agent.id), timezone.localdate(cast.at)
        Finding.objects.create(key=key, source="detector", code="bulk", day=day, found_at=cast.at)
    with django_assert_num_queries(len(counted)):
        numbers.panels(actor, cast.at)
