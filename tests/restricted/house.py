"""The restricted host of a test: who is enrolled there, what lies there, and codes of their apps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password

from restricted import factors, people, sealed, totp
from restricted.models import Factor, KekFact, KeyAct, Request, Value
from restricted.services import requests, sessions
from staff.models import Person
from staff.roles import CUSTODIAN, HEAD, OFFICER, SUPERVISOR
from tests.access.cast import Cast
from trail.actor import Actor
from trail.services import clock
from vault.models import PROMOTED

PASSWORD = "correct horse battery staple"
REPORT = "征信报告：无逾期记录 L4-CANARY"
IP = "127.0.0.1"
REASON = "核对投诉中提到的征信报告"


@dataclass
class House:
    """Three people of the north who may have business with L4, enrolled here."""

    cast: Cast
    secrets: dict[UUID, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.asker = self.enrolled(SUPERVISOR)
        self.head = self.enrolled(HEAD)
        self.officer = self.enrolled(OFFICER)

    def custodians(self) -> tuple[Actor, Actor]:
        """Return two custodians who are enrolled here."""
        return self.enrolled(CUSTODIAN), self.enrolled(CUSTODIAN)

    @property
    def at(self) -> datetime:
        return self.cast.at

    def enrolled(self, *roles: str, here: tuple[str, ...] | None = None, **where: str) -> Actor:
        """Make a person with these roles, enrolled here with them (or with `here`)."""
        actor = replace(self.cast.person(*roles, **where), ip=IP)
        assert actor.id is not None
        self.enrol(actor, roles if here is None else here)
        return actor

    def enrol(self, actor: Actor, roles: tuple[str, ...]) -> None:
        assert actor.id is not None
        person = Person.objects.get(pk=actor.id)
        person.password = _hashed()
        person.save(update_fields=["password"])
        secret = self.secrets[actor.id] = totp.new_secret()
        Factor.objects.create(
            person=actor.id,
            number=actor.number,
            roles=sorted(set(roles) & people.ADMITTED),
            secret=factors.sealed(secret, actor.id),
            added_at=self.at,
        )

    def code(self, who: Actor, *, at: datetime | None = None, later: int = 0) -> str:
        """Return the code that somebody's app shows at `at`, or some half minutes later."""
        assert who.id is not None
        return totp.code_at(self.secrets[who.id], totp.step_at(at or self.at) + later)

    def value(self, field: str = "credit_report", content: str | bytes = REPORT, **facts: str) -> Value:
        """Put a value into this host, as taking in does."""
        value = Value(
            id=uuid4(),
            subject=uuid4(),
            field=field,
            media_type=facts.pop("media_type", "text/plain"),
            portfolio="north",
            region="north",
            deposited_at=self.at,
            taken_at=self.at,
        )
        sealed.keep(value, facts.pop("name", ""), content.encode() if isinstance(content, str) else content)
        return value

    def asked(self, value: Value, *, by: Actor | None = None, begins: int = 0, days: int = 1) -> Request:
        """Ask for a value, from so many hours ahead on."""
        starts = self.at + timedelta(hours=begins)
        return requests.ask(
            value.pk,
            purpose="complaint",
            reason=REASON,
            starts_at=starts,
            ends_at=starts + timedelta(days=days),
            by=by or self.asker,
            at=self.at,
        )

    def approved(self, value: Value, **how: Any) -> Request:
        """Ask, and have both sign."""
        made = self.asked(value, **how)
        for signer in (self.head, self.officer):
            requests.sign(made.pk, accepted=True, code=self.code(signer), by=signer, at=self.at)
        return made

    def logged_in(self, who: Actor, *, at: datetime | None = None) -> str:
        """Log somebody in and return the cookie; the code it took is free again."""
        token = sessions.log_in(who.number, PASSWORD, self.code(who, at=at), by=visitor(), at=at or self.at)
        Factor.objects.filter(person=id_of(who)).update(last_step=0)
        return token


def promoted(version: int) -> None:
    """Say that a version of the master key wraps from now on."""
    at = clock()
    act = KeyAct.objects.create(fact=PROMOTED, version=version, person=uuid4(), number="K1", name="An", at=at)
    KekFact.objects.create(fact=PROMOTED, version=version, act=act, at=at)


@cache
def _hashed() -> str:
    return make_password(PASSWORD)


def visitor() -> Actor:
    """Return somebody who is not logged in, on this machine."""
    return Actor(id=None, number="", name="", mode="public", ip=IP)


def id_of(who: Actor) -> UUID:
    """Return the id of somebody who has one."""
    assert who.id is not None
    return who.id
