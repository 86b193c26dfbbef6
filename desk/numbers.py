"""The numbers that a home page shows, each a link to its list. Counted when asked; nothing is kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.models import PermissionReview, ReviewItem
from access.queries.ending_consents import ending_for
from access.queries.reviews import waiting_for
from access.queries.waiting_consents import waiting
from audit.queries import cases, findings
from classification.review import reviews
from customers.discovery import doubts
from desk.audit_words import AGES
from desk.shown_purposes import still_held
from desk.shown_trail_state import Calendar, TrailShown, calendar, trail_shown
from staff.models import Freeze, Person
from staff.models.rights import frozen_at
from staff.permissions import may
from staff.queries import team_of
from staff.roles import AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from trail import daily, queries
from trail.actor import Actor
from vault.queries import key_register

REFUSALS = ("reveal.refused", "compare.refused", "export.refused")
LOGIN_REFUSALS = ("staff.login_refused", "staff.unlock_refused", "staff.step_up_refused")
SHOWN = ("customer.listed", "customer.opened")
REVEALED = ("field.revealed",)
EXPORTED = ("customer.exported", "customer.clear_exported")
BUDGETS = ("budget.refused",)
PROBLEMS = ("problem.reported",)
LEFT_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One number with its words and the list behind it; `attention` when it waits for somebody."""

    number: int
    words: str | Promise
    url: str = ""
    attention: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One group of a drawn number, which leads to its list."""

    words: str | Promise
    number: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What belongs together on a first page: numbers, and what is drawn or told below them."""

    title: str | Promise
    tiles: tuple[Tile, ...] = ()
    bars: tuple[Bar, ...] = ()
    bars_title: str | Promise = ""
    days: tuple[tuple[object, int, int], ...] = ()
    days_title: str | Promise = ""
    trail: TrailShown | None = None
    calendar: Calendar | None = None


def panels(actor: Actor, at: datetime) -> list[Panel]:
    """Return what this person's roles begin the day with, without saying the same twice."""
    found: list[Panel] = []
    rights = waiting_for(actor, at)
    if rights:
        words, url = _("rights to confirm, or they end"), link("desk:permission_reviews")
        tile = Tile(number=rights, words=words, url=url, attention=True)
        found.append(Panel(title=_("Permission review"), tiles=(tile,)))
    for role, of_role in OF_ROLE.items():
        if role in actor.roles:
            found += [panel for panel in of_role(actor, at) if panel not in found]
    return found


def of_leader(actor: Actor, at: datetime) -> list[Panel]:
    """What the team did today."""
    people = team_of(actor.department, at)
    counts = daily.per_person(people, since=today(at), until=later(at)).values()
    day = timezone.localdate(at).isoformat()
    team = link("desk:trail_team", {"from": day, "to": day})
    numbers = (
        (_("people of the team at work today"), sum(1 for one in counts if any(one))),
        (_("customers shown today"), sum(shown for shown, _clear, _refused in counts)),
        (_("sensitive values in clear today"), sum(clear for _shown, clear, _refused in counts)),
        (_("refused today"), sum(refused for _shown, _clear, refused in counts)),
    )
    tiles = tuple(Tile(number=number, words=words, url=team) for words, number in numbers)
    return [Panel(title=_("Your team today"), tiles=(*tiles, evidence(actor, at)))]


def of_officer(actor: Actor, at: datetime) -> list[Panel]:
    """This month, what was found, what waits or is overdue, and the trail."""
    counted = by_kind(at)
    month_tiles = (
        events(counted, SHOWN, _("lists and cards opened"), at),
        events(counted, REVEALED, _("values revealed"), at),
        events(counted, REFUSALS, _("reads refused"), at),
        events(counted, BUDGETS, _("times a row budget was hit"), at),
        events(counted, EXPORTED, _("exports made"), at),
    )
    days = tuple(daily.daily(since=month(at), until=later(at)))
    return [
        Panel(
            title=_("This month"),
            tiles=month_tiles,
            days=days,
            days_title=_("Customers shown this month, day by day"),
        ),
        found_by_age(counted, at),
        Panel(title=_("Waiting and overdue"), tiles=tuple(overdue(actor, at))),
        Panel(title=_("Trail"), trail=trail_shown(actor, at)),
    ]


def found_by_age(counted: Mapping[str, int], at: datetime) -> Panel:
    """Count findings and cases, and draw by age the findings of which nobody has said anything."""
    unsaid = findings.findings(at).filter(state=findings.OPEN)
    ages = findings.by_age(unsaid, at)
    going = cases.standing(cases.in_state(cases.cases(at), cases.OPEN, at), at)
    late = sum(one.state == cases.LATE for one in going)
    tiles = (
        Tile(
            number=sum(ages.values()),
            words=_("findings that nobody has looked at"),
            url=link("desk:findings", {"state": findings.OPEN}),
            attention=True,
        ),
        Tile(number=len(going), words=_("cases that go on"), url=link("desk:cases", {"state": cases.OPEN})),
        Tile(
            number=late,
            words=_("cases past their deadline"),
            url=link("desk:cases", {"state": cases.LATE}),
            attention=True,
        ),
        Tile(
            number=sum(counted.get(kind, 0) for kind in PROBLEMS),
            words=_("problems reported this month"),
            url=link("desk:problems", span(at)),
        ),
    )
    bars = tuple(
        Bar(
            words=AGES[age],
            number=number,
            url=link("desk:findings", {"state": findings.OPEN, "age": age}),
        )
        for age, number in ages.items()
    )
    return Panel(
        title=_("Findings and cases"),
        tiles=tiles,
        bars=bars if sum(ages.values()) else (),
        bars_title=_("Findings that nobody has looked at, by age"),
    )


def overdue(actor: Actor, at: datetime) -> list[Tile]:
    """Count what waits for the data security officer, or is past its time."""
    running = PermissionReview.objects.running(at)
    rows = (
        (
            sum(review.overdue for review in reviews(at).values()),
            _("labels due for review"),
            link("desk:catalogue", {"state": "overdue"}),
        ),
        (
            ReviewItem.objects.filter(review__in=running).undecided().count(),
            _("rights not decided in the running review"),
            link("desk:permission_reviews"),
        ),
        (ending_for(actor, at).count(), _("consents that end within 30 days"), link("desk:consents_ending")),
        (doubts.open_count(at), _("values that look mislabelled"), link("desk:discovery")),
        (still_held(at), _("fields held without a purpose"), link("desk:purposes_without")),
    )
    tiles = [Tile(number=number, words=words, url=url, attention=True) for number, words, url in rows]
    return [evidence(actor, at), *tiles]


def of_security(actor: Actor, at: datetime) -> list[Panel]:
    """Refusals, closed accounts, leavers, changed rules."""
    counted = by_kind(at)
    frozen = Freeze.objects.filter(frozen_at(at)).values("person").distinct().count()
    left = Person.objects.filter(left_at__gt=at - LEFT_WITHIN, left_at__lte=at).count()
    people = may(actor, "people.read")
    accounts = (
        Tile(
            number=frozen,
            words=_("people frozen now"),
            url=link("desk:people", {"state": "frozen"}) if people else "",
            attention=True,
        ),
        Tile(
            number=left,
            words=_("left in the last 30 days"),
            url=link("desk:people", {"left": "1", "days": str(LEFT_WITHIN.days)}) if people else "",
        ),
    )
    tiles = (
        events(counted, LOGIN_REFUSALS, _("logins refused"), at),
        events(counted, REFUSALS, _("reads refused"), at),
        events(counted, ("rule.changed",), _("rules changed"), at),
    )
    return [Panel(title=_("This month"), tiles=tiles), Panel(title=_("Accounts"), tiles=accounts)]


def of_auditor(actor: Actor, at: datetime) -> list[Panel]:
    """The state of the trail and the calendar of audits."""
    counted = by_kind(at)
    tiles = (
        events(counted, ("trail.read",), _("readings of the trail"), at),
        events(counted, REVEALED, _("values revealed"), at),
        events(counted, REFUSALS, _("reads refused"), at),
    )
    return [
        Panel(title=_("Trail"), trail=trail_shown(actor, at)),
        Panel(title=_("Audits of the last twelve months"), calendar=calendar(at)),
        Panel(title=_("This month"), tiles=tiles),
    ]


def of_custodian(actor: Actor, at: datetime) -> list[Panel]:
    """The key register in numbers."""
    register = key_register()
    url = link("desk:keys")
    tiles = [
        Tile(number=len(register.keks), words=_("versions of the master key"), url=url),
        Tile(number=sum(line.data_keys for line in register.domains), words=_("data keys"), url=url),
    ]
    if register.epochs:  # on a sealed site nobody knows
        tiles.append(Tile(number=len(register.epochs), words=_("live index epochs"), url=url))
    return [Panel(title=_("Keys"), tiles=tuple(tiles))]


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


def by_kind(at: datetime) -> dict[str, int]:
    """Count the events of this month by kind, in one query."""
    found = queries.events(since=month(at), until=later(at)).order_by()
    return dict(found.values_list("kind").annotate(times=Count("*")))


def events(counted: Mapping[str, int], kinds: Collection[str], words: str | Promise, at: datetime) -> Tile:
    """Return how many events of these kinds there were this month, with their list in the trail."""
    url = link("desk:trail", {**span(at), "kind": list(kinds)})
    return Tile(number=sum(counted.get(kind, 0) for kind in kinds), words=words, url=url)


def span(at: datetime) -> dict[str, str]:
    """Return the days of this month so far, as pages of the past take them."""
    day = timezone.localdate(at)
    return {"from": day.replace(day=1).isoformat(), "to": day.isoformat()}


def later(at: datetime) -> datetime:
    """Return a time just after `at`, so that what happened at that instant counts."""
    return at + timedelta(seconds=1)


def today(at: datetime) -> datetime:
    """Return when the local day began."""
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def month(at: datetime) -> datetime:
    """Return when the local month began."""
    return today(at).replace(day=1)


def link(url_name: str, asked: Mapping[str, object] | None = None) -> str:
    """Return a page's address, empty while there is none."""
    try:
        found = reverse(url_name)
    except NoReverseMatch:
        return ""
    return f"{found}?{urlencode(asked, doseq=True)}" if asked else found
