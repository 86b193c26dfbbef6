"""The numbers that a home page shows, each a link to its list. Counted when asked; nothing is kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.queries.reviews import waiting_for
from access.queries.waiting_consents import waiting
from customers.discovery import doubts
from desk.shown_purposes import still_held
from staff.models import Freeze, Person
from staff.models.rights import frozen_at
from staff.permissions import may
from staff.queries import team_of
from staff.roles import AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from trail import daily, queries
from trail.actor import Actor
from vault.queries import key_register

REFUSALS = ("reveal.refused", "compare.refused")
LOGIN_REFUSALS = ("staff.login_refused", "staff.unlock_refused", "staff.step_up_refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One number with its words and the list behind it; `attention` when it waits for somebody."""

    number: int
    words: str | Promise
    url: str = ""
    attention: bool = False


def tiles(actor: Actor, at: datetime) -> list[Tile]:
    """Return the numbers of this person's roles, without saying the same twice."""
    rights = waiting_for(actor, at)
    words, url = _("rights to confirm, or they end"), link("desk:permission_reviews")
    found = [Tile(number=rights, words=words, url=url, attention=True)] if rights else []
    for role, of_role in OF_ROLE.items():
        if role in actor.roles:
            found += [tile for tile in of_role(actor, at) if tile not in found]
    return found


def of_leader(actor: Actor, at: datetime) -> list[Tile]:
    """What the team did today."""
    people = team_of(actor.department, at)
    counts = daily.per_person(people, since=today(at), until=later(at)).values()
    team = link("desk:trail_team", "?days=1")
    return [
        evidence(actor, at),
        Tile(
            number=sum(1 for one in counts if any(one)), words=_("people of the team at work today"), url=team
        ),
        Tile(
            number=sum(shown for shown, _clear, _refused in counts),
            words=_("customers shown today"),
            url=team,
        ),
        Tile(
            number=sum(clear for _shown, clear, _refused in counts),
            words=_("sensitive values in clear today"),
            url=team,
        ),
        Tile(number=sum(refused for _shown, _clear, refused in counts), words=_("refused today"), url=team),
    ]


def of_officer(actor: Actor, at: datetime) -> list[Tile]:
    """This month in numbers."""
    return [
        evidence(actor, at),
        events(("customer.listed", "customer.opened"), _("lists and cards opened this month"), at),
        events(("field.revealed",), _("values revealed this month"), at),
        events(REFUSALS, _("reads refused this month"), at),
        events(("customer.exported",), _("masked exports this month"), at),
        Tile(
            number=count(("problem.reported",), at, since=month(at)),
            words=_("problems reported this month"),
            url=link("desk:problems"),
            attention=True,
        ),
        Tile(
            number=doubts.open_count(at),
            words=_("values that look mislabelled"),
            url=link("desk:discovery"),
            attention=True,
        ),
        Tile(
            number=still_held(at),
            words=_("fields held without a purpose"),
            url=link("desk:purposes_without"),
            attention=True,
        ),
    ]


def of_security(actor: Actor, at: datetime) -> list[Tile]:
    """Refusals, closed accounts, changed rules."""
    frozen = Freeze.objects.filter(frozen_at(at)).values("person").distinct().count()
    left = Person.objects.filter(left_at__gt=at - timedelta(days=30), left_at__lte=at).count()
    people = link("desk:people") if may(actor, "people.read") else ""
    return [
        events(LOGIN_REFUSALS, _("logins refused this month"), at),
        events(REFUSALS, _("reads refused this month"), at),
        Tile(number=frozen, words=_("people frozen now"), url=people, attention=frozen > 0),
        Tile(number=left, words=_("left in the last 30 days"), url=people),
        events(("rule.changed",), _("rules changed this month"), at),
    ]


def of_auditor(actor: Actor, at: datetime) -> list[Tile]:
    """The state of the trail."""
    recorded = queries.events(since=today(at), until=later(at)).count()
    return [
        Tile(number=recorded, words=_("events recorded today"), url=link("desk:trail")),
        events(("trail.read",), _("readings of the trail this month"), at),
        events(("field.revealed",), _("values revealed this month"), at),
        events(REFUSALS, _("reads refused this month"), at),
    ]


def of_custodian(actor: Actor, at: datetime) -> list[Tile]:
    """The key register in numbers."""
    register = key_register(at)
    url = link("desk:keys")
    return [
        Tile(number=len(register.keks), words=_("versions of the master key"), url=url),
        Tile(number=sum(line.data_keys for line in register.domains), words=_("data keys"), url=url),
        Tile(number=len(register.epochs), words=_("live index epochs"), url=url),
    ]


OF_ROLE = {
    SUPERVISOR: of_leader,
    HEAD: of_leader,
    OFFICER: of_officer,
    SECURITY: of_security,
    AUDITOR: of_auditor,
    CUSTODIAN: of_custodian,
}


def evidence(actor: Actor, at: datetime) -> Tile:
    """Count the evidence of consents that waits for this person."""
    return Tile(
        number=waiting(actor, at).count(),
        words=_("evidence of consents to confirm"),
        url=link("desk:consents_waiting"),
        attention=True,
    )


def events(kinds: Collection[str], words: str | Promise, at: datetime) -> Tile:
    """Count events of this month and link to them in the trail."""
    query = "&".join(f"kind={kind}" for kind in kinds)
    url = link("desk:trail", f"?days={timezone.localtime(at).day}&{query}")
    return Tile(number=count(kinds, at, since=month(at)), words=words, url=url)


def count(kinds: Collection[str], at: datetime, *, since: datetime) -> int:
    """Count events of these kinds since a time."""
    return queries.events(since=since, until=later(at), kinds=kinds).count()


def later(at: datetime) -> datetime:
    """Return a time just after `at`, so that what happened at that instant counts."""
    return at + timedelta(seconds=1)


def today(at: datetime) -> datetime:
    """Return when the local day began."""
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def month(at: datetime) -> datetime:
    """Return when the local month began."""
    return today(at).replace(day=1)


def link(url_name: str, query: str = "") -> str:
    """Return a page's address, empty while there is none."""
    try:
        return reverse(url_name) + query
    except NoReverseMatch:
        return ""
