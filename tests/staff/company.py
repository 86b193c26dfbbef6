"""A small company: headquarters over service over a call centre; named people, and ways to log in as them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from staff import acting, queries, undertakings
from staff.adapters import MFAAdapter
from staff.models import Department, Headship, Person, RoleHolding, Undertaking
from trail import services as trail
from trail.actor import Actor
from trail.models import Event

JOINED = datetime(2024, 1, 1, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


def departments() -> dict[str, Department]:
    """Make HQ over service over calls."""
    made: dict[str, Department] = {}
    parent = None
    for code in ("hq", "service", "calls"):
        parent = made[code] = Department.objects.create(code=code, name=code, parent=parent)
    return made


@dataclass
class Company:
    """Departments and the people added to them."""

    at: datetime = field(default_factory=trail.clock)
    tree: dict[str, Department] = field(default_factory=departments)

    def person(self, number: str, *roles: str, department: str = "calls", **facts: Any) -> Person:
        """Add a person with these roles and no way to log in."""
        facts = {"joined_at": JOINED, **facts}
        made = Person.objects.create_user(number, f"人{number}", department=self.tree[department], **facts)
        for role in roles:
            RoleHolding.objects.create(person=made, role=role, since=JOINED)
        bound(made)
        return made

    def head(self, number: str, department: str, *, since: datetime = JOINED) -> Person:
        """Add the head of a department."""
        made = self.person(number, department=department)
        Headship.objects.create(person=made, department=self.tree[department], since=since)
        return made

    def actor(self, person: Person, *, factor: bool = True, at: datetime | None = None) -> Actor:
        """Return the actor for a person, with a fresh second factor or without."""
        at = at or self.at
        found = queries.standing(person.pk, at)
        assert found is not None
        facts = acting.Facts(
            "s" * 32, at, at, factor_at=at if factor else None, factor="totp" if factor else ""
        )
        return acting.actor_of(found, ip="10.1.2.3", facts=facts)


def bound(person: Person) -> None:
    """Let a person have signed the undertaking in force, a month ago."""
    at = trail.clock() - timedelta(days=30)
    text = undertakings.in_force(at)
    Undertaking.objects.create(
        person=person, version=text.version, hash=text.hash, method="totp", signed_at=at
    )


def enrolled(person: Person) -> str:
    """Give a person the common password and an authenticator app; return the app's secret."""
    person.set_password(PASSWORD)
    person.password_set_at = JOINED
    person.save(update_fields=["password", "password_set_at"])
    secret = str(generate_totp_secret())
    TOTP.activate(person, secret)
    return secret


def code_of(person: Person | str) -> str:
    """Return the one-time code of this moment, of a person or of a secret."""
    import time

    secret = person
    if isinstance(person, Person):
        held = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP)
        secret = MFAAdapter().decrypt(held.data["secret"])
    return str(format_hotp_value(hotp_value(str(secret), int(time.time()) // 30)))


def log_in(client: Client, person: Person, *, factor: bool = True, at: datetime | None = None) -> datetime:
    """Be logged in as this person without the login pages, since `at`."""
    at = at or trail.clock()
    client.force_login(person, backend="staff.backends.Backend")
    set_facts(client, login_at=at, seen_at=at)
    if factor:
        set_facts(client, factor_at=at, factor="totp")
    return at


def set_facts(client: Client, **facts: Any) -> None:
    """Write facts of the session as if they had happened then."""
    session = client.session
    plain = {key: value.timestamp() if isinstance(value, datetime) else value for key, value in facts.items()}
    session[acting.FACTS] = {**session[acting.FACTS], **plain}
    session.save()


def ago(**kwargs: float) -> datetime:
    """Return a time before now by the database's clock."""
    return trail.clock() - timedelta(**kwargs)


def last_event() -> int:
    """Return the id of the newest event, to look only at what follows."""
    newest = Event.objects.order_by("-id").values_list("id", flat=True).first()
    return newest or 0


def kinds_since(start: int) -> list[str]:
    """Return the codes of the events after `start`, in order."""
    return list(Event.objects.filter(id__gt=start).order_by("id").values_list("kind", flat=True))


def facts_since(start: int, kind: str) -> list[dict[str, Any]]:
    """Return the facts of the events of one kind after `start`."""
    return list(Event.objects.filter(id__gt=start, kind=kind).order_by("id").values_list("facts", flat=True))


def ids(*people: Person) -> frozenset[UUID]:
    """Return their ids."""
    return frozenset(one.pk for one in people)
