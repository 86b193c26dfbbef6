"""The cast of these tests: two departments, two portfolios, one person per role."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from access.shipped import install_budgets
from classification.services import install_shipped
from customers.models import Portfolio
from staff.roles import AGENT, HEAD, OFFICER, SUPERVISOR
from tests.customers.builders import make_actor, make_department, make_portfolio, serve
from trail.actor import Actor
from trail.services import clock


@dataclass
class House:
    """A department with a team below it, and one beside it."""

    at: datetime
    north: Portfolio
    south: Portfolio
    agent: Actor
    supervisor: Actor
    head: Actor
    officer: Actor
    outsider: Actor


def build_house() -> House:
    """Make the cast: everyone but the outsider belongs to the north, the head leads the whole north."""
    at = clock()
    north = make_department("north")
    team = make_department("north-team", north)
    south = make_department("south")
    first, second = make_portfolio("N1", team, "north"), make_portfolio("S1", south, "south")
    agent = make_actor(AGENT, department=team, at=at)
    serve(agent, first)
    outsider = make_actor(AGENT, SUPERVISOR, department=south, at=at)
    serve(outsider, second)
    return House(
        at=at,
        north=first,
        south=second,
        agent=agent,
        supervisor=make_actor(SUPERVISOR, department=team, at=at),
        head=make_actor(HEAD, department=north, at=at),
        officer=make_actor(OFFICER, department=south, at=at),
        outsider=outsider,
    )


@pytest.fixture
def house(db: None) -> House:
    return build_house()


@pytest.fixture
def committed_house(transactional_db: None) -> House:
    """The cast in committed rows, for tests with processes of their own."""
    install_shipped()
    install_budgets()
    return build_house()
