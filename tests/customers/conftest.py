"""The cast of these tests: two departments, two portfolios, one person per role."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copy

import pytest

from customers.models import Portfolio
from customers.rekey import resealing
from staff.roles import AGENT, HEAD, OFFICER, SUPERVISOR
from tests.customers.builders import make_actor, make_department, make_portfolio, serve
from tests.database import APP, WORKER, log_in_as
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
    return build_house()


@pytest.fixture
def worker(committed_house) -> Iterator[None]:
    """Be the worker, whose role may delete keys and state what becomes of them."""
    log_in_as(WORKER)
    yield
    log_in_as(APP)


@pytest.fixture
def no_wait(monkeypatch) -> None:
    """Nobody reads meanwhile, so nobody is waited for."""
    monkeypatch.setattr(resealing, "READERS_ARE_DONE", timedelta(0))


@pytest.fixture
def own_kek_file(tmp_path, settings, monkeypatch) -> Path:
    """A copy of the KEK file, for this process and those it starts: roots come and go in it."""
    file = Path(copy(settings.KEK_FILE, tmp_path / "kek.json"))
    file.chmod(0o600)
    settings.KEK_FILE = file
    monkeypatch.setenv("KEK_FILE", str(file))
    return file
