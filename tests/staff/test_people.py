"""Taking away works at once; nothing in these services gives."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from jobs.models import Job
from staff import queries
from staff.models import Enrolment, Freeze, Headship, RoleHolding
from staff.models.enrolments import PASSWORD as PASSWORD_LINK
from staff.services import enrolments, people
from staff.services.people import NotAllowed, NothingToTake
from tests.staff.company import JOINED, Company, facts_since, kinds_since, last_event, log_in

SECOND = timedelta(seconds=1)
ROLES = ("agent", "supervisor", "analyst", "officer", "security", "custodian", "auditor")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("act", "allowed"),
    [("take_role", {"security"}), ("leave", {"security"}), ("freeze", {"security", "officer"})],
)
def test_only_who_may_takes_away(company: Company, role: str, act: str, allowed: set[str]) -> None:
    actor, person = company.actor(company.person("a", role)), company.person("p", "agent")
    args: tuple[Any, ...] = (person.pk, "agent") if act == "take_role" else (person.pk,)
    if role in allowed:
        getattr(people, act)(*args, by=actor, at=company.at)
    else:
        with pytest.raises(NotAllowed):
            getattr(people, act)(*args, by=actor, at=company.at)


@pytest.fixture
def manager(company: Company) -> Any:
    return company.actor(company.person("m", "security"))


def test_a_role_ends_at_once(company: Company, manager: Any) -> None:
    person, start = company.person("p", "agent", "supervisor"), last_event()
    people.take_role(person.pk, "agent", by=manager, at=company.at)
    assert queries.roles_of(person, company.at) == {"supervisor"}
    assert queries.roles_of(person, company.at - SECOND) == {"agent", "supervisor"}
    assert facts_since(start, "staff.role_taken") == [{"person": str(person.pk), "role": "agent"}]
    with pytest.raises(NothingToTake):
        people.take_role(person.pk, "agent", by=manager, at=company.at)


def test_a_headship_ends_at_once(company: Company, manager: Any) -> None:
    head = company.head("h", "calls")
    people.take_headship(head.pk, company.tree["calls"], by=manager, at=company.at)
    assert queries.heads_of(company.tree["calls"].pk, company.at) == frozenset()
    with pytest.raises(NothingToTake):
        people.take_headship(head.pk, company.tree["calls"], by=manager, at=company.at)


def busy(company: Company, client: Client) -> Any:
    """Return a person with a session, an open link and a running job."""
    person = company.head("p", "calls")
    RoleHolding.objects.create(person=person, role="agent", since=JOINED)
    log_in(client, person)
    assert client.get("/account/sessions/").status_code == 200
    actor = company.actor(person)
    enrolments.issue(person, PASSWORD_LINK, by=actor, at=company.at, link_for=actor.id)
    Job.objects.create(
        kind="x",
        owner_id=person.pk,
        owner_number="p",
        created_at=company.at,
        nudged_at=company.at,
        parameters={},
    )
    return person


def ended(person: Any, at: Any) -> tuple[bool, bool, int]:
    """Return whether sessions, links and jobs of a person are over."""
    return (
        not UserSession.objects.filter(user=person).exists(),
        not Enrolment.objects.open(at).filter(person=person).exists(),
        Job.objects.filter(owner_id=person.pk, cancelled_at__isnull=False).count(),
    )


def test_a_leaver_loses_everything_at_once(company: Company, client: Client, manager: Any) -> None:
    person = busy(company, client)
    at = company.at + SECOND
    people.leave(person.pk, by=manager, at=at)
    assert ended(person, at) == (True, True, 1)
    assert queries.roles_of(person, at) == frozenset()
    assert not Headship.objects.filter(person=person, until__isnull=True).exists()
    person.refresh_from_db()
    assert not person.has_usable_password()
    assert client.get("/account/sessions/").wsgi_request.actor is None  # type: ignore[attr-defined]
    with pytest.raises(NothingToTake):
        people.leave(person.pk, by=manager, at=at)


def test_a_freeze_ends_sessions_links_and_jobs(company: Company, client: Client, manager: Any) -> None:
    person, start = busy(company, client), last_event()
    at = company.at + SECOND
    people.freeze(person.pk, by=manager, at=at)
    assert ended(person, at) == (True, True, 1)
    assert queries.roles_of(person, at) == {"agent", "head"}
    assert not queries.may_work(person.pk, at)
    facts = facts_since(start, "staff.frozen")[0]
    assert (facts["sessions"], facts["links"], len(facts["jobs"])) == (1, 1, 1)
    assert kinds_since(start) == ["staff.frozen"]
    with pytest.raises(NothingToTake):
        people.freeze(person.pk, by=manager, at=at)
    assert Freeze.objects.count() == 1


def test_a_frozen_person_is_nobody_even_with_a_session_that_survived(
    company: Company, client: Client, manager: Any
) -> None:
    person = company.person("p", "agent")
    people.freeze(person.pk, by=manager, at=company.at)
    log_in(client, person)
    assert client.get("/account/sessions/")["Location"].endswith("?ended=frozen")
