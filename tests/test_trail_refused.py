"""The trail refuses: no value, mask or file leaves; a page says so in seconds, and recovery needs no restart."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from access.models import Export
from customers.models import Customer
from tests.access.cast import CANARIES, VALUES, Cast, last_event
from tests.access.conftest import cast
from tests.desk.at_work import HTMX, browser, text
from tests.trail.logins import owner, trail_refuses
from trail.models import Exposure

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
__all__ = ["cast"]
WORDS = "访问日志暂时无法记录"
SECONDS = 3.0
"""What the design promises: 503 within so many."""


@contextmanager
def month_is_missing() -> Iterator[None]:
    """Take the partition of this month away, as if nobody had made it."""
    with owner() as login:
        row = login.execute("select 'trail_event_' || to_char(now(), 'YYYY_MM')").fetchone()
        assert row is not None
        bounds = login.execute(
            "select pg_get_expr(relpartbound, oid) from pg_class where oid = to_regclass(%s)", [row[0]]
        ).fetchone()
        assert bounds is not None
        login.execute(f"alter table trail_event detach partition {row[0]}")
        try:
            yield
        finally:
            login.execute(f"alter table trail_event attach partition {row[0]} {bounds[0]}")


OUTAGES = [
    pytest.param(trail_refuses, id="the right to write is revoked"),
    pytest.param(month_is_missing, id="the month has no partition"),
]
Outage = Callable[[], AbstractContextManager[None]]


@dataclass
class Work:
    """A supervisor in the middle of work: a contact with a reason, a search kept, an export waiting."""

    cast: Cast

    def __post_init__(self) -> None:
        self.customer = self.cast.indexed_customer(number="N1")
        self.client = browser(self.cast.supervisor())
        self.page = f"/customers/{self.customer.ref}/"
        self.client.get(self.page)
        assert VALUES["mobile"] in text(self.reveal("mobile"))
        self.found = self.search()["Location"]
        self.client.post("/exports/make/", {"format": "csv"})
        self.export = Export.objects.get()

    def reveal(self, field: str) -> Any:
        return self.client.post(f"{self.page}reveal/{field}/", {"reason": "核实"}, headers=HTMX)

    def search(self) -> Any:
        return self.client.post("/customers/", {"how": "any", "typed": VALUES["mobile"]})

    def compare(self) -> Any:
        said = {"field": "mobile", "said": VALUES["mobile"]}
        return self.client.post(f"{self.page}compare/", said, headers=HTMX)

    def everything(self) -> dict[str, Callable[[], Any]]:
        """Return every act that shows, changes or hands out something of a customer."""
        form = {"number": "NEW", "portfolio": "north", "source": "phone", "full_name": "诸葛示例"}
        return {
            "reveal": lambda: self.reveal("resident_id"),
            "reveal again": lambda: self.reveal("mobile"),
            "page": lambda: self.client.get(self.page),
            "list": lambda: self.client.get("/customers/list/"),
            "search": lambda: self.client.get(self.found),
            "compare": self.compare,
            "edit": lambda: self.client.get(f"{self.page}edit/"),
            "create": lambda: self.client.post("/customers/new/?scenario=handling", form),
            "export": lambda: self.client.post("/exports/make/", {"format": "csv"}),
            "fetch": lambda: self.client.post(f"/exports/{self.export.id}/fetch/"),
            "home": lambda: self.client.get("/"),
            "own history": lambda: self.client.get("/trail/mine/"),
            "team history": lambda: self.client.get("/trail/team/"),
        }


def values_in(words: str) -> list[str]:
    """Return what should not have left: clear values, masks, names."""
    told = (*CANARIES, *VALUES.values(), "154****0018", "119900********0010", "张*")
    return [one for one in told if re.search(rf"(?<![\w]){re.escape(one)}", words)]


@pytest.mark.parametrize("outage", OUTAGES)
def test_nothing_leaves_and_nothing_is_done_while_the_trail_refuses(cast: Cast, outage: Outage) -> None:
    work = Work(cast)
    exposed, customers = Exposure.objects.count(), Customer.objects.count()
    with outage():
        for name, act in work.everything().items():
            began = time.monotonic()
            answer = act()
            took = time.monotonic() - began
            assert answer.status_code == 503, f"{name} answers {answer.status_code}"
            assert WORDS in text(answer), name
            assert not values_in(text(answer)), name
            assert answer["Cache-Control"] == "no-store, private"
            assert took < SECONDS, f"{name} took {took:.1f} s"
    assert (Exposure.objects.count(), Customer.objects.count()) == (exposed, customers)
    assert Export.objects.get().fetched_at is None, "a fetch that was not recorded did not happen"


@pytest.mark.parametrize("outage", OUTAGES)
def test_work_goes_on_without_a_restart(cast: Cast, outage: Outage) -> None:
    work = Work(cast)
    with outage():
        assert work.reveal("mobile").status_code == 503
        assert work.client.get("/customers/list/").status_code == 503
    start = last_event()
    assert VALUES["mobile"] in text(work.reveal("mobile"))
    assert "154****0018" in text(work.client.get("/customers/list/"))
    assert "compared-right" in text(work.compare())
    assert work.client.post(f"/exports/{work.export.id}/fetch/").status_code == 200
    assert last_event() > start


@pytest.mark.parametrize("outage", OUTAGES)
def test_a_refusal_that_cannot_be_recorded_is_no_answer_either(cast: Cast, outage: Outage) -> None:
    """Otherwise somebody could try in the dark."""
    customer = cast.customer()
    client = browser(cast.agent())
    client.get(f"/customers/{customer.ref}/")
    with outage():
        answer = client.post(f"/customers/{customer.ref}/reveal/mobile/", {"reason": "x"}, headers=HTMX)
        told = client.post(
            f"/customers/{customer.ref}/compare/", {"field": "mobile", "said": "1"}, headers=HTMX
        )
    assert (answer.status_code, told.status_code) == (503, 503)
    assert "agent-l3" not in text(answer)
    assert "compared" not in text(told)


@pytest.mark.parametrize("outage", OUTAGES)
def test_nobody_logs_in_unrecorded(cast: Cast, outage: Outage) -> None:
    from django.test import Client

    from staff.acting import person_of
    from tests.staff.company import PASSWORD, enrolled

    person = person_of(cast.agent())
    enrolled(person)
    client = Client()
    with outage():
        answer = client.post("/account/login/", {"login": person.number, "password": PASSWORD})
        assert answer.status_code == 503
        assert client.get("/customers/")["Location"].startswith("/account/login/")
    client.post("/account/login/", {"login": person.number, "password": PASSWORD})
    assert client.get("/customers/").status_code == 200
