"""What was typed beside an act: read by the few who may, after the reading is on record."""

from uuid import uuid4

import pytest

from access.models import BreakGlass
from access.services import break_glass
from customers.services import contacts
from files.models import SealedText
from staff.roles import AGENT, ANALYST, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import Cast, kinds_since, last_event
from tests.access.test_break_glass import use
from tests.desk.at_work import browser, text
from tests.desk.test_trail import page_of
from trail.actor import Actor
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
LINE = "回电给家属甲七，号码已核对"


@pytest.fixture
def agent(cast: Cast) -> Actor:
    return cast.agent()


@pytest.fixture
def closed(cast: Cast, agent: Actor) -> Event:
    """An agent of the north closed a contact with customer N1 with a line."""
    contact = contacts.touch(ref=cast.customer("N1").ref, by=agent, at=cast.at)
    contacts.close(id=contact.pk, line=LINE, by=agent, at=cast.at)
    return Event.objects.get(kind="contact.closed")


def words_of(event: Event) -> str:
    page, _, query = page_of(event).partition("?")
    return f"{page}text/?{query}"


@pytest.mark.parametrize("role", [SUPERVISOR, HEAD, OFFICER])
def test_leaders_and_the_officer_read_what_was_typed(cast, closed, role) -> None:
    client = browser(cast.person(role))
    assert words_of(closed) in text(client.get(page_of(closed)))
    start = last_event()
    answer = client.get(words_of(closed))
    assert LINE in text(answer)
    assert kinds_since(start) == ["files.texts_read"]
    assert answer["Cache-Control"] == "no-store, private"


def test_the_writer_reads_it_too(agent, closed) -> None:
    assert LINE in text(browser(agent).get(words_of(closed)))


@pytest.mark.parametrize("role", [SECURITY, AUDITOR])
def test_whoever_reads_the_trail_reads_no_words(cast, closed, role) -> None:
    client = browser(cast.person(role))
    shown = text(client.get(page_of(closed)))
    assert LINE not in shown
    assert words_of(closed) not in shown
    start = last_event()
    assert client.get(words_of(closed)).status_code == 404
    assert kinds_since(start) == []


@pytest.mark.parametrize("role", [AGENT, ANALYST, CUSTODIAN])
def test_a_colleague_finds_nothing(cast, closed, role) -> None:
    assert browser(cast.person(role)).get(words_of(closed)).status_code == 404


def test_a_leader_of_another_team_finds_nothing(cast, closed) -> None:
    assert browser(cast.person(SUPERVISOR, department="south")).get(words_of(closed)).status_code == 404


def test_an_event_without_words_has_no_such_page(cast, agent, closed) -> None:
    opened = Event.objects.get(kind="contact.opened")
    assert browser(agent).get(words_of(opened)).status_code == 404


def test_says_that_the_words_are_gone_with_their_key(cast, agent, closed) -> None:
    row = SealedText.objects.get(about="contact.line")
    SealedText.objects.filter(pk=row.pk).update(subject=uuid4())
    answer = browser(agent).get(words_of(closed))
    assert answer.status_code == 200
    assert LINE not in text(answer)


def test_a_reviewers_words_reach_who_used_the_emergency_and_no_leader_or_colleague(cast) -> None:
    """The reviewer sits elsewhere, so that nobody here answers for the writer: only being named lets one read."""
    user, reviewer = cast.supervisor(), cast.officer(department="south")
    use(cast, cast.customer(), user)
    used = BreakGlass.objects.get()
    break_glass.review(used.pk, justified=False, words=LINE, by=reviewer, at=cast.at)
    words = f"/break-glass/{used.pk}/words/"
    start = last_event()
    assert LINE in text(browser(user).get(words))
    assert kinds_since(start) == ["files.texts_read"]
    for other in (cast.supervisor(), cast.person(HEAD), cast.agent(), cast.person(AUDITOR)):
        assert browser(other).get(words).status_code in {403, 404}
    assert kinds_since(start) == ["files.texts_read"]
