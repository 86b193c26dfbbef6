"""The side navigation, computed from permissions: what a person may not open is not offered."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache

from django.template.loader import render_to_string
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from access.queries import break_glass, reviews
from access.queries.team_budgets import taps_waiting
from access.queries.waiting_consents import waiting
from audit.queries import audits, cases, findings
from staff.permissions import carry, may
from trail.actor import Actor


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the navigation: URL name, words, icon, the permissions of which one opens it, what waits there."""

    url_name: str
    name: str | Promise
    icon: str
    permissions: tuple[str, ...] = ()
    count: Callable[[Actor, datetime], int] | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A group of places under one heading."""

    name: str | Promise
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A place as a template receives it."""

    name: str | Promise
    icon: str
    url: str
    current: bool
    badge: str
    """The id of what says how much waits there; empty where nothing is counted."""


@dataclass(frozen=True, slots=True)
class Badge:
    """How much waits behind a place, as a template receives it."""

    id: str
    waiting: str


MANY = 100
"""Where counting stops: the navigation asks behind every page."""


def evidence_waiting(actor: Actor, at: datetime) -> int:
    """Count the evidence that waits for this person."""
    return waiting(actor, at).order_by()[:MANY].count()


def emergencies_waiting(actor: Actor, at: datetime) -> int:
    """Count the emergencies that wait for this person's review."""
    return break_glass.waiting_for(actor, at).order_by()[:MANY].count()


def taps(actor: Actor, at: datetime) -> int:
    """Count the people who wait for this person's tap."""
    return len(taps_waiting(actor, at)) if may(actor, "budget.extend") else 0


def rights_waiting(actor: Actor, at: datetime) -> int:
    """Count the rights that wait for this person's decision."""
    return reviews.waiting_for(actor, at)


def open_findings(actor: Actor, at: datetime) -> int:
    """Count the findings that wait for whoever decides about them."""
    return findings.open_count(at) if may(actor, "findings.decide") else 0


def own_cases(actor: Actor, at: datetime) -> int:
    """Count this person's open cases."""
    return cases.open_of(actor.id, at) if actor.id and may(actor, "findings.decide") else 0


def results_waiting(actor: Actor, at: datetime) -> int:
    """Count the results of audits that this person has not acknowledged."""
    return audits.unacknowledged(actor.id) if actor.id and may(actor, "audit.acknowledge") else 0


SHELVES = (
    Shelf(
        _("Work"),
        (
            Place("desk:home", _("Home"), "home"),
            Place("desk:search", _("Customers"), "users", ("customer.find",)),
            Place("desk:customer_new", _("New customer"), "user-plus", ("customer.create",)),
            Place("desk:stale", _("To confirm"), "refresh", ("customer.edit",)),
            Place("desk:imports", _("Import"), "upload", ("customer.import",)),
            Place("desk:consent_import", _("Import consents"), "file", ("customer.import",)),
            Place("desk:requests", _("Usage requests"), "file-text", ("request.ask",)),
            Place("desk:exports", _("Exports"), "download", ("customer.export",)),
            Place("desk:aggregates", _("Aggregates"), "list", ("aggregates.read",)),
            Place("desk:masked", _("Masked data sets"), "file", ("masked.read",)),
            Place("desk:jobs", _("Background jobs"), "clock", ("jobs.read_own",)),
        ),
    ),
    Shelf(
        _("Decisions"),
        (
            Place("desk:decisions", _("Decisions"), "check-list"),
            Place(
                "desk:consents_waiting",
                _("Evidence to confirm"),
                "shield",
                ("consent.confirm",),
                count=evidence_waiting,
            ),
            Place("desk:stand_ins", _("Stand-ins"), "users", ("stand_in.propose",)),
            Place(
                "desk:emergencies",
                _("Break-glass"),
                "alert",
                ("break_glass.read",),
                count=emergencies_waiting,
            ),
            Place("desk:budgets", _("Row budgets"), "filter", ("budget.extend", "rules.read"), count=taps),
            Place(
                "desk:permission_reviews",
                _("Permission reviews"),
                "refresh",
                ("review.read",),
                count=rights_waiting,
            ),
            Place("desk:people", _("People"), "id-card", ("people.read",)),
            Place("desk:rules", _("Reading rules"), "scale", ("rules.read",)),
            Place("desk:networks", _("Networks"), "network", ("rules.read",)),
            Place("desk:explain", _("Explain a decision"), "help", ("explain.read",)),
        ),
    ),
    Shelf(
        _("Audit"),
        (
            Place("desk:findings", _("Findings"), "flag", ("findings.read",), count=open_findings),
            Place("desk:cases", _("Cases"), "file-text", ("findings.read",), count=own_cases),
            Place("desk:audits", _("Monthly audit"), "check-list", ("audit.read",), count=results_waiting),
            Place("desk:reports", _("Monthly reports"), "file-text", ("reports.read",)),
            Place("desk:detectors", _("Detectors"), "target", ("detectors.read",)),
            Place("desk:leaks", _("Leak traces"), "target", ("leak.read",)),
            Place("desk:radii", _("Breach radius"), "target", ("radius.read",)),
            Place("desk:decoys", _("Decoy customers"), "flag", ("decoy.plant",)),
        ),
    ),
    Shelf(
        _("Trail"),
        (
            Place("desk:trail_self", _("My access history"), "eye", ("trail.self",)),
            Place("desk:trail_team", _("Team access history"), "team", ("trail.team",)),
            Place("desk:trail", _("Access trail"), "list", ("trail.all",)),
            Place("desk:who_saw", _("Who saw this customer"), "eye-search", ("trail.who_saw",)),
            Place("desk:proof", _("Seal and proof"), "shield", ("trail.prove",)),
            Place("desk:keeping", _("Keeping of the trail"), "clock", ("trail.all",)),
        ),
    ),
    Shelf(
        _("Register"),
        (
            Place("desk:catalogue", _("Information catalogue"), "tags", ("catalogue.read",)),
            Place("desk:purposes", _("Purposes"), "target", ("notices.read",)),
            Place("desk:notices", _("Privacy notices"), "file-text", ("notices.read",)),
            Place("desk:schedules", _("Retention schedules"), "clock", ("retention.read",)),
            Place("desk:due", _("Due to be destroyed"), "list", ("retention.read",)),
            Place("desk:holds", _("Legal holds"), "lock", ("retention.read",)),
            Place("desk:organisation", _("Organisation"), "building", ("organisation.read",)),
            Place("desk:discovery", _("Discovery"), "eye-search", ("discovery.read",)),
            Place("desk:batches", _("Destruction"), "shield", ("destruction.read",)),
            Place("desk:duties", _("Undertakings and training"), "id-card", ("duties.read_own",)),
            Place("desk:keys", _("Key register"), "key", ("keys.read",)),
            Place("desk:seal_site", _("Seal the site"), "lock", ("keys.seal",)),
            Place("desk:backups", _("Backups"), "download", ("backups.read",)),
            Place("desk:problems", _("Reported problems"), "flag", ("problems.read",)),
            Place("admin:index", _("Back office"), "settings", ("admin.enter",)),
        ),
    ),
)

HOME = "desk:home"
PLACES = {place.url_name: place for shelf in SHELVES for place in shelf.places}


def side_for(actor: Actor, path: str) -> SafeString:
    """Draw the side navigation: the places that this person may open; the one that contains `path` is marked."""
    site = get_urlconf()
    urls = _addresses(site)
    offered = _offered(actor.roles, site)
    around = [
        name for name in offered if path == urls[name] or (name != HOME and path.startswith(urls[name]))
    ]
    here = max(around, key=lambda name: len(urls[name]), default="")
    return _drawn(offered, here, get_language(), site)


@lru_cache(maxsize=1_000)
def _offered(roles: frozenset[str], site: str | None) -> tuple[str, ...]:
    urls = _addresses(site)
    return tuple(name for name, place in PLACES.items() if urls[name] and open_to(roles, place))


@lru_cache(maxsize=1_000)
def _drawn(offered: tuple[str, ...], here: str, language: str | None, site: str | None) -> SafeString:
    # Half of what a page costs to draw, and the same for everybody with the same roles: each process draws it once.
    urls = _addresses(site)
    shelves = [
        (
            shelf.name,
            [
                Entry(place.name, place.icon, urls[name], name == here, badge_of(place))
                for place in shelf.places
                if (name := place.url_name) in offered
            ],
        )
        for shelf in SHELVES
    ]
    counted = any(PLACES[name].count for name in offered)
    facts = {"shelves": [(name, entries) for name, entries in shelves if entries], "counted": counted}
    return render_to_string("desk/_navigation.html", facts)


@cache
def _addresses(site: str | None) -> dict[str, str]:
    """Return the path of each place, empty while the page is not part of this site."""
    return {name: address(name, site) for name in PLACES}


def badges_for(actor: Actor, at: datetime) -> list[Badge]:
    """Return what waits behind the places that this person may open, where something does."""
    open_places = (place for shelf in SHELVES for place in shelf.places if open_to(actor.roles, place))
    counted = ((place, waiting_at(place, actor, at)) for place in open_places)
    return [Badge(badge_of(place), waiting) for place, waiting in counted if waiting]


def badge_of(place: Place) -> str:
    """Return the id of a place's badge, empty where nothing is counted."""
    return f"waits-{place.url_name.rpartition(':')[2]}" if place.count else ""


def waiting_at(place: Place, actor: Actor, at: datetime) -> str:
    """Return how much waits behind a place, "99+" at most; nothing where nothing does."""
    number = place.count(actor, at) if place.count else 0
    return "" if not number else str(number) if number < MANY else f"{MANY - 1}+"


def open_to(roles: Collection[str], place: Place) -> bool:
    """Tell whether these roles carry one of the place's permissions; a place without any is open to everybody."""
    return not place.permissions or any(carry(roles, permission) for permission in place.permissions)


def address(name: str, site: str | None = None) -> str:
    """Return the path of a page, empty while it is not part of this site."""
    try:
        return reverse(name, site)
    except NoReverseMatch:
        return ""
