"""What the templates of the trail receive: frozen lines in words, no model instances."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from access.models import ReadingRule
from access.words import VIEWS
from desk.problems import NOBODY
from desk.shown_rules import RuleLine
from staff.models import Person, Site
from staff.roles import NAMES
from trail.models import Event, Exposure
from trail.queries import Seen
from trail.words import ACT_NAMES

SHORT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """One event in a list."""

    id: int
    at: datetime
    what: str
    person: str
    number: str
    person_id: UUID | None
    roles: str
    decision_words: str
    rule: str
    site: str
    alarm: bool
    clock_off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLine:
    """One customer that was shown: by number where the reader may know it, else by a short reference."""

    customer: UUID
    name: str
    act: str
    level: int
    times: int
    last: datetime
    clear: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()

    @classmethod
    def of_seen(cls, seen: Seen, numbers: Mapping[UUID, str]) -> "CustomerLine":
        """Make the line of a count."""
        return cls(
            customer=seen.customer,
            name=numbers.get(seen.customer, _short(seen.customer)),
            act=str(ACT_NAMES.get(seen.act, seen.act)),
            level=seen.level,
            times=seen.times,
            last=seen.last,
        )

    @classmethod
    def of_exposure(
        cls, exposure: Exposure, numbers: Mapping[UUID, str], labels: Mapping[str, str]
    ) -> "CustomerLine":
        """Make the line of one exposure."""
        return cls(
            customer=exposure.customer,
            name=numbers.get(exposure.customer, _short(exposure.customer)),
            act=str(ACT_NAMES.get(exposure.act, exposure.act)),
            level=exposure.level,
            times=1,
            last=exposure.at,
            clear=tuple(labels.get(code, code) for code in exposure.clear),
            masked=tuple(labels.get(code, code) for code in exposure.masked),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One person of a team with what they were shown."""

    id: UUID
    number: str
    name: str
    shown: int
    clear: int
    refused: int
    left: bool

    @classmethod
    def of(cls, person: Person, counts: tuple[int, int, int]) -> "PersonLine":
        """Put a person beside their counts: shown, in clear at L3 or above, refused."""
        shown, clear, refused = counts
        return cls(
            id=person.pk,
            number=person.number,
            name=person.name,
            shown=shown,
            clear=clear,
            refused=refused,
            left=person.left_at is not None,
        )


def event_lines(events: Iterable[Event]) -> list[EventLine]:
    """Put events in words."""
    events = list(events)
    sites = dict(Site.objects.values_list("code", "name"))
    rules = rule_names({event.rule for event in events if event.rule})
    return [
        EventLine(
            id=event.id,
            at=event.at,
            what=event.kind_name,
            person=event.actor_name,
            number=_("without a name") if event.actor_number == NOBODY.number else event.actor_number,
            person_id=event.actor_id,
            roles=", ".join(str(NAMES.get(role, role)) for role in event.roles),
            decision_words=str(VIEWS.get(event.decision, event.decision)),
            rule=rules.get(event.rule, event.rule),
            site=sites.get(event.site, event.site),
            alarm=event.is_alarm,
            clock_off=event.clock_is_off and event.mode != "demo",
        )
        for event in events
    ]


def rule_names(codes: Collection[str]) -> dict[str, str]:
    """Say of whom and of which level each of these reading rules speaks."""
    rows = ReadingRule.objects.filter(code__in=codes).order_by("number") if codes else ()
    return {row.code: RuleLine.of(row).case for row in rows}


def _short(ref: UUID) -> str:
    return f"…{str(ref)[-SHORT:]}"
