"""Make findings: hits as a detector would tell them, alarms as the trail holds them."""

from datetime import timedelta

from audit.detectors.hits import Hit
from audit.models import Finding
from audit.services.opening import from_hit, open_all
from trail.actor import Actor

SYSTEM = Actor.system("audit.audit")
DETECTOR = "off_hours"


def hit(about: Actor, at, *, detector=DETECTOR, score=1.5, events=(1, 2), **more) -> Hit:
    given = {
        "features": {"events": len(events)},
        "customers": 1,
        "first": at - timedelta(minutes=5),
        "last": at,
    }
    return Hit(
        detector=detector,
        person=about.id,
        number=about.number,
        name=about.name,
        department=about.department,
        score=score,
        events=tuple(events),
        **given | more,
    )


def found(about: Actor, at, *, seen_at=None, **more) -> list[Finding]:
    """Open a finding about somebody; an empty list when it is known."""
    return open_all([from_hit(hit(about, at, **more))], by=SYSTEM, at=seen_at or at)


def one(about: Actor, at, **more) -> Finding:
    (row,) = found(about, at, **more)
    return row
