"""The thresholds of the detectors and the working hours as shipped, as rows."""

from datetime import UTC, datetime
from typing import Any

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
"""What is shipped has no first day of its own; every event of an installation lies after this one."""
OPENS, CLOSES = 8 * 60 + 30, 18 * 60


def install_limits(model: Any = None) -> int:
    """Put in the shipped thresholds that have no version yet; give their number. What was changed stays changed.

    :param model: the historical model when a migration calls.
    """
    from audit.detectors.registry import every

    if model is None:
        from audit.models import DetectorLimit as model
    known = set(model.objects.values_list("detector", "name"))
    missing = [
        model(detector=one.code, name=limit.name, value=limit.value, since=SINCE, shipped=True)
        for one in every()
        for limit in one.limits
        if (one.code, limit.name) not in known
    ]
    model.objects.bulk_create(missing)
    return len(missing)


def install_hours(model: Any = None) -> int:
    """Put in the hours of the house, half past eight to six on working days, unless there are some; give their number.

    :param model: the historical model when a migration calls.
    """
    if model is None:
        from audit.models import WorkingHours as model
    if model.objects.filter(department="").exists():
        return 0
    model.objects.create(department="", opens=OPENS, closes=CLOSES, since=SINCE, shipped=True)
    return 1
