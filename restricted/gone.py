"""Values of this host that the main site's destruction journal names, whether the main site still knows them or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from files import apart
from files.models import ApartEnding
from restricted.models import Value
from restricted.openings import ORIGINAL

AT_ONCE = 1000


def named_by(endings: Iterable[ApartEnding]) -> list[Value]:
    """Return the values that lie here and that one of these endings names."""
    found = defaultdict[UUID, list[ApartEnding]](list)
    for ending in endings:
        found[ending.subject].append(ending)
    rows = Value.objects.filter(Q(pk__in=list(found)) | Q(subject__in=list(found)), destroyed_at=None)
    return [row for row in rows.order_by("pk") if any(_names(one, row) for one in _about(found, row))]


def named() -> list[Value]:
    """Return the values that lie here and that any ending names, done or not: those of a host brought back."""
    rows, after = list[Value](), UUID(int=0)
    while some := list(Value.objects.filter(destroyed_at=None, pk__gt=after).order_by("pk")[:AT_ONCE]):
        rows += named_by(apart.endings({id for one in some for id in (one.pk, one.subject)}))
        after = some[-1].pk
    return list({row.pk: row for row in rows}.values())


def _about(found: dict[UUID, list[ApartEnding]], value: Value) -> list[ApartEnding]:
    return [*found.get(value.pk, ()), *found.get(value.subject, ())]


def _names(ending: ApartEnding, value: Value) -> bool:
    if ending.subject == value.pk:
        return True
    # A signed original is evidence, and ends by an order of its own when no law keeps it any longer.
    if value.field == ORIGINAL:
        return False
    return not ending.fields or (value.field in ending.fields and value.deposited_at <= ending.until)
