"""Every detector, run together over one pass with the thresholds in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType

from django.utils.translation import gettext as _

from audit.detectors import off_hours
from audit.detectors.bulk import BULK
from audit.detectors.contacts import NO_CONTACT
from audit.detectors.detector import Detector
from audit.detectors.dormant import DORMANT
from audit.detectors.enumeration import ENUMERATION
from audit.detectors.frequency import HIGH_FREQUENCY
from audit.detectors.hits import Hit
from audit.detectors.leaving import LEAVING
from audit.detectors.off_hours import OFF_HOURS
from audit.detectors.passes import prepared
from audit.detectors.refusals import REFUSALS
from audit.detectors.regions import CROSS_REGION, TRAVEL
from audit.detectors.single import DECOY, OWN_CONSENT, SELF_APPROVAL_TRIED
from audit.detectors.vip import VIP_CURIOSITY
from audit.models import DetectorLimit
from trail.models import Event

_EVERY = (
    OFF_HOURS,
    HIGH_FREQUENCY,
    CROSS_REGION,
    TRAVEL,
    BULK,
    ENUMERATION,
    VIP_CURIOSITY,
    DORMANT,
    NO_CONTACT,
    REFUSALS,
    LEAVING,
    SELF_APPROVAL_TRIED,
    DECOY,
    OWN_CONSENT,
)
_BY_CODE = MappingProxyType({detector.code: detector for detector in _EVERY})


class UnknownDetector(LookupError):
    """No detector has this code."""


def every() -> tuple[Detector, ...]:
    """Return all detectors, in the order in which people read of them."""
    return _EVERY


def get(code: str) -> Detector:
    """Return the detector of this code.

    :raises UnknownDetector: there is none.
    """
    try:
        return _BY_CODE[code]
    except KeyError:
        raise UnknownDetector(code) from None


def explain(code: str, features: Mapping[str, int | float | str]) -> str:
    """Put the features of a hit in words, in the language of the reader.

    :raises UnknownDetector: there is no such detector any more.
    """
    return get(code).explain(features)


def thresholds(at: datetime) -> dict[str, dict[str, float]]:
    """Return the thresholds in force by detector: signed rows, and what is shipped where there is none."""
    signed: dict[str, dict[str, float]] = defaultdict(dict)
    for row in DetectorLimit.objects.in_force(at):
        signed[row.detector][row.name] = row.value
    return {detector.code: detector.shipped | signed[detector.code] for detector in _EVERY}


def detect(
    *, since: datetime, until: datetime, at: datetime, only: Collection[str] | None = None
) -> list[Hit]:
    """Return what the detectors find from `since` up to but without `until`, detector by detector.

    One hit per person and detector. The same for a month and for the hour that has just passed: the days of a short
    period are looked at whole, up to `until`, and compared with the four weeks before.

    :param only: codes of detectors; without it, all.
    :raises UnknownDetector: a code of none.
    """
    asked = _EVERY if only is None else tuple(get(code) for code in only)
    limits = thresholds(at)
    with prepared(since, until, at) as view:
        return [hit for detector in asked for hit in detector.look(view, limits[detector.code])]


def untested(since: datetime, until: datetime) -> list[str]:
    """Return in words what the detectors could not look at in a period, in the language of the reader (S4-64)."""
    view = off_hours.View(since=since, until=until, at=until, base=since)
    said = [
        _("The working calendar of %(year)s is not known: days off were not looked at, only the time of day.")
        % {"year": year}
        for year in off_hours.unknown_years(view)
    ]
    if not Event.objects.filter(at__gte=since, at__lt=until).exists():
        said.append(_("The trail holds no event of the period."))
    places = Event.objects.filter(at__gte=since, at__lt=until, actor_id__isnull=False)
    if places.exists() and not places.exclude(site_region="").exists():
        said.append(_("No network tells a site, so regions and travel could not be looked at."))
    return said
