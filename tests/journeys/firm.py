"""A firm in which everybody has a password and an authenticator app, and sits down at a browser by logging in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.test import Client

from customers.services import records
from staff.acting import person_of
from staff.models import Person
from tests.access.cast import Cast, kinds_since, last_event
from tests.desk.at_work import HTMX, text
from tests.staff.company import PASSWORD, code_of, enrolled
from trail.actor import Actor

CALLER = {
    "full_name": "濮阳示例",
    "member_level": "金卡会员",
    "mobile": "15400000018",
    "resident_id": "119900199001010010",
    "email": "north.canary@example.com",
    "city": "甲七虚构市",
}
NUMBER = "NORTH-0007"
WIDE_AND_SPACED = "１５４　0000 ００１８"


@dataclass
class Seat:
    """One person at a browser. Every act remembers where the trail stood before it."""

    person: Person
    client: Client
    start: int = 0

    def log_in(self, *, factor: bool) -> list[str]:
        """Type number, password and, where it is asked for, the code; return the events of it."""
        start = last_event()
        answer = self.client.post("/account/login/", {"login": self.person.number, "password": PASSWORD})
        if factor:
            assert answer["Location"] == "/account/2fa/authenticate/"
            answer = self.client.post("/account/2fa/authenticate/", {"code": code_of(self.person)})
        assert answer.status_code == 302, text(answer)
        assert answer["Location"] == "/"
        return kinds_since(start)

    def get(self, address: str, **query: str) -> str:
        """Open a page and return its words."""
        answer = self.client.get(address, query)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return text(answer)

    def post(self, address: str, status: int = 302, *, htmx: bool = False, **form: Any) -> Any:
        """Send a form and insist on the status."""
        answer: Any = self.client.post(address, form, headers=HTMX if htmx else {})
        words = "" if answer.status_code == 302 else text(answer)
        assert answer.status_code == status, f"{address}: {answer.status_code} {words[-3000:]}"
        answer.words = words
        return answer

    def sees(self, words: str, field: str) -> tuple[str, str]:
        """Return how a card shows a field, and the text."""
        block = words.split(f'data-field="{field}"')[1].split("value-acts")[0]
        ((looks, shown),) = re.findall(r'class="(clear-value|masked|hidden-value)">([^<]*)', block)
        return {"clear-value": "clear", "hidden-value": "hidden"}.get(looks, looks), shown.strip()


@dataclass
class Firm:
    """The cast, the one customer who calls, and seats for the people."""

    cast: Cast

    def __post_init__(self) -> None:
        self.teacher = self.cast.agent()
        self.caller = records.create(
            number=NUMBER,
            portfolio="north",
            values=CALLER,
            scenario="handling",
            source="phone",
            by=self.teacher,
            at=self.cast.at,
        ).ref

    def seat(self, role: str, **more: Any) -> Seat:
        """Give the seat of a new person of a role, who can log in."""
        actor: Actor = self.cast.person(role, **more)
        return self.seat_of(person_of(actor))

    def seat_of(self, person: Person) -> Seat:
        """Give the seat of this person, with a password and an app."""
        enrolled(person)
        return Seat(person, Client())

    def at_work(self, role: str, **more: Any) -> Seat:
        """Give the seat of a new person of a role who has logged in."""
        seat = self.seat(role, **more)
        seat.log_in(factor=role != "agent")
        return seat

    @property
    def page(self) -> str:
        return f"/customers/{self.caller}/"


class Since:
    """Where the trail stood; `kinds()` gives what came after, once."""

    def __init__(self) -> None:
        self.start = last_event()

    def kinds(self) -> list[str]:
        found = kinds_since(self.start)
        self.start = last_event()
        return found
