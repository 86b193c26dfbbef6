"""Who saw whom: my own history, the team's, one person's, one customer's, and the whole trail. Reading is an event."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from access.words import VIEWS
from classification.queries import catalogue
from customers import finding
from desk import texts
from desk.customer_pages import numbers_found
from desk.facts import Vocabulary, facts_of
from desk.periods import Period, period_of
from desk.permission import DeskRequest, allowed
from desk.shown_trail import CustomerLine, PersonLine, event_lines
from staff import queries as staff
from staff.models import Person
from staff.permissions import may
from trail import daily, queries, services, vocabulary
from trail.actor import Actor
from trail.events import TRAIL_READ
from trail.models import Event
from trail.words import ACT_NAMES
from vault.opening import CannotOpen

LINES = 50


@allowed("trail.self", methods=["GET"])
def mine(request: DeskRequest) -> HttpResponse:
    """Show a person what the trail holds of them (S0-40: everybody may know)."""
    assert request.actor.id is not None
    return _history(request, request.actor.id, scope="self", template="desk/trail/mine.html")


@allowed("trail.team", methods=["GET"])
def team(request: DeskRequest) -> HttpResponse:
    """Show a supervisor or head what their people looked at, a line per person (S2-25)."""
    period = period_of(request, request.at, days=7)
    people = _team(request.actor, request.at)
    services.record(
        TRAIL_READ, by=request.actor, at=request.at, facts={"scope": "team", "filters": ["period"]}
    )
    counts = daily.per_person([one.pk for one in people], since=period.since, until=period.until)
    lines = [PersonLine.of(one, counts.get(one.pk, (0, 0, 0))) for one in people]
    lines.sort(key=lambda line: (-line.clear, -line.shown, line.number))
    return render(
        request,
        "desk/trail/team.html",
        {
            "period": period,
            "lines": lines,
            "most": max((line.shown for line in lines), default=0),
            "days": _days(period, people=[one.pk for one in people]),
        },
    )


@allowed("trail.self", methods=["GET"])
def person(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show one person's history to whoever may read it: themselves, their team's leaders, readers of the trail."""
    found = Person.objects.filter(pk=id).first()
    if found is None or not _may_read(request.actor, id, request.at):
        raise Http404
    return _history(request, id, scope=f"person:{id}", template="desk/trail/person.html", person=found)


@allowed("trail.who_saw", methods=["GET", "POST"])
def who_saw(request: DeskRequest) -> HttpResponse:
    """Ask for a customer number; it is never put into an address."""
    typed, missing = "", False
    if request.method == "POST":
        typed = request.POST.get("number", "")[:80]
        ref = finding.ref_of_number(typed)
        if ref is not None:
            return redirect("desk:who_saw_customer", ref=ref)
        missing = True
    return render(request, "desk/trail/who_saw.html", {"typed": typed, "missing": missing})


@allowed("trail.who_saw", methods=["GET"])
def who_saw_customer(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Show who was shown, changed or was refused a customer, by person, act and level."""
    number = finding.numbers_of([ref]).get(ref)
    if number is None:
        raise Http404
    period = period_of(request, request.at, days=90)
    services.record(
        TRAIL_READ, by=request.actor, at=request.at, facts={"scope": f"customer:{ref}", "filters": ["period"]}
    )
    page = queries.page(
        queries.events(since=period.since, until=period.until, customer=ref),
        before=_cursor(request),
        size=LINES,
    )
    return render(
        request,
        "desk/trail/customer.html",
        {
            "number": number,
            "ref": ref,
            "period": period,
            "sightings": [
                (one, ACT_NAMES.get(one.act, one.act))
                for one in queries.who_saw(ref, since=period.since, until=period.until)
            ],
            "tallies": _tallies(queries.tallies(since=period.since, until=period.until, customer=ref)),
            "days": _days(period, customer=ref),
            "events": event_lines(page.events),
            "older": page.older,
        },
    )


@allowed("trail.all", methods=["GET"])
def trail(request: DeskRequest) -> HttpResponse:
    """List all events, narrowed by kind, person, decision and alarm."""
    period = period_of(request, request.at, days=7)
    narrowed = _narrowed(request)
    services.record(
        TRAIL_READ,
        by=request.actor,
        at=request.at,
        facts={"scope": "events", "filters": ["period", *sorted(narrowed)]},
    )
    page = queries.page(
        queries.events(since=period.since, until=period.until, **narrowed),
        before=_cursor(request),
        size=LINES,
    )
    return render(
        request,
        "desk/trail/trail.html",
        {
            "period": period,
            "events": event_lines(page.events),
            "older": page.older,
            "kinds": sorted(vocabulary.every_kind(), key=lambda kind: str(kind.name)),
            "people": Person.objects.order_by("number"),
            "decisions": VIEWS.items(),
            "several": [kind.name for kind in vocabulary.every_kind() if kind.code in _kinds(request)]
            if len(_kinds(request)) > 1
            else [],
            "chosen": {
                name: request.GET.get(name, "") if len(request.GET.getlist(name)) < 2 else ""
                for name in ("kind", "person", "decision", "alarm")
            },
        },
    )


@allowed("trail.self", methods=["GET"])
def event(request: DeskRequest, id: int) -> HttpResponse:
    """Show one event with its exposures. `at` in the address names the month it lies in."""
    found = _readable(request, id)
    services.record(
        TRAIL_READ, by=request.actor, at=request.at, facts={"scope": f"event:{id}", "filters": []}
    )
    words = Vocabulary(request.at)
    exposures = queries.exposures_of([found])[found.id]
    numbers = numbers_found(request.actor, request.at, [one.customer for one in exposures])
    labels = {spec.code: spec.label for spec in catalogue(request.at).fields}
    (line,) = event_lines([found])
    return render(
        request,
        "desk/trail/event.html",
        {
            "event": line,
            "facts": facts_of(found, words),
            "source": found,
            "department": words.word("department", found.department),
            "purpose": words.word("purpose", found.purpose),
            "has_text": texts.text_of(found, request.actor, request.at) is not None,
            "exposures": [CustomerLine.of_exposure(one, numbers, labels) for one in exposures],
        },
    )


@allowed("trail.self", methods=["GET"])
def event_text(request: DeskRequest, id: int) -> HttpResponse:
    """Show the sealed words that an event points to, to whoever may read them; reading them is an event."""
    found = _readable(request, id)
    text = texts.text_of(found, request.actor, request.at)
    if text is None:
        raise Http404
    facts: dict[str, object] = {"id": id, "at": found.at, "what": found.kind_name}
    try:
        facts["text"] = texts.read(text, by=request.actor, at=request.at)
    except CannotOpen:
        facts["gone"] = True
    return render(request, "desk/trail/text.html", facts)


def _history(
    request: DeskRequest, id: UUID, *, scope: str, template: str, person: Person | None = None
) -> HttpResponse:
    period = period_of(request, request.at, days=30)
    services.record(
        TRAIL_READ, by=request.actor, at=request.at, facts={"scope": scope, "filters": ["period"]}
    )
    page = queries.page(
        queries.events(since=period.since, until=period.until, people=[id]),
        before=_cursor(request),
        size=LINES,
    )
    seen = queries.what_seen(id, since=period.since, until=period.until, limit=LINES)
    numbers = numbers_found(request.actor, request.at, [one.customer for one in seen])
    context = {
        "person": person,
        "period": period,
        "tallies": _tallies(queries.tallies(since=period.since, until=period.until, people=[id])),
        "days": _days(period, people=[id]),
        "seen": [CustomerLine.of_seen(one, numbers) for one in seen],
        "events": event_lines(page.events),
        "older": page.older,
    }
    return render(request, template, context)


def _team(actor: Actor, at: datetime) -> list[Person]:
    return list(Person.objects.filter(pk__in=staff.people_led_by(actor, at)).order_by("number"))


def _may_read(actor: Actor, person: UUID, at: datetime) -> bool:
    if person == actor.id or may(actor, "trail.all"):
        return True
    return may(actor, "trail.team") and person in staff.people_led_by(actor, at)


def _readable(request: DeskRequest, id: int) -> Event:
    """Return the event that an address names to whoever may read it."""
    found = _event(id, request.GET.get("at", ""))
    if found is None or (found.actor_id != request.actor.id and not _may_read_event(request, found)):
        raise Http404
    return found


def _may_read_event(request: DeskRequest, event: Event) -> bool:
    if event.actor_id is None:
        return may(request.actor, "trail.all")
    return _may_read(request.actor, event.actor_id, request.at)


def _narrowed(request: DeskRequest) -> dict[str, Any]:
    narrowed: dict[str, Any] = {}
    if kinds := _kinds(request):
        narrowed["kinds"] = kinds
    if person := request.GET.get("person"):
        try:
            narrowed["people"] = [UUID(person)]
        except ValueError:
            raise Http404 from None
    if decision := request.GET.get("decision"):
        narrowed["decision"] = decision
    if request.GET.get("alarm"):
        narrowed["alarm"] = True
    return narrowed


def _kinds(request: DeskRequest) -> list[str]:
    """Return the kinds of event that the address names: a number of the first page may count several."""
    return [kind for kind in request.GET.getlist("kind") if kind]


def _cursor(request: DeskRequest) -> queries.Cursor | None:
    try:
        return queries.Cursor.parse(request.GET["before"])
    except (KeyError, ValueError):
        return None


def _event(id: int, at: str) -> Event | None:
    """Return an event by number, at the time that the address gives: without one, every month is probed."""
    if not at:
        return Event.objects.filter(id=id).first()
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return Event.objects.filter(id=id, at=moment).first()


def _days(
    period: Period, *, people: Collection[UUID] | None = None, customer: UUID | None = None
) -> list[tuple[date, int, int]]:
    return daily.daily(since=period.since, until=period.until, people=people, customer=customer)


def _tallies(found: Iterable[queries.Tally]) -> list[dict[str, Any]]:
    return [
        {
            "act": ACT_NAMES.get(one.act, one.act),
            "level": one.level,
            "words": _("in clear up to L%(level)d") % {"level": one.level}
            if one.level
            else _("nothing in clear"),
            "times": one.times,
            "customers": one.customers,
        }
        for one in found
    ]
