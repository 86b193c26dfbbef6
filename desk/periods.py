"""The period of a page about the past, taken from its address: two dates, both included."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from trail.archive import online_since

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole local days from `first` to `last`; `since` is included, `until` is not."""

    first: date
    last: date
    online_since: datetime | None = None
    """Before this moment the trail lies in archives."""

    @property
    def since(self) -> datetime:
        """When the first day begins."""
        return _midnight(self.first)

    @property
    def until(self) -> datetime:
        """When the last day has ended."""
        return _midnight(self.last + timedelta(days=1))

    # A page that showed nothing would look as if nothing had happened.
    @property
    def archived_before(self) -> datetime | None:
        """Before which moment the trail cannot be shown, when that touches this period."""
        reaches = self.online_since is not None and self.since < self.online_since
        return self.online_since if reaches else None


def period_of(request: HttpRequest, at: datetime, *, days: int = 30, data: QueryDict | None = None) -> Period:
    """Return the period that the address (or a form's `data`) names (`from`, `to`), else the last `days` days.

    A date that is none, an end before the start or more than a year is put right rather than refused:
    the page shows which dates it used.
    """
    today = timezone.localtime(at).date()
    asked = request.GET if data is None else data
    last = min(_date(asked.get("to", "")) or today, today)
    first = _date(asked.get("from", "")) or last - timedelta(days=days - 1)
    if first > last:
        first, last = last, min(first, today)
    return Period(max(first, last - LONGEST), last, online_since())


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
