"""Usage grants under review. A signed request never changes, so its end under a review is worked out from the item.

`access.queries.grants` reads it: an item that nobody decided ends the grant at the deadline, a narrowed one at its day,
a revoked one when that was decided. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.grants import Granting
from access.models import GrantUse, UsageRequest
from access.queries.requests import Asked, with_state
from access.reviewed.kind import Population, Right, RightKind, Use
from staff.models import Person
from trail.actor import Actor

if TYPE_CHECKING:
    from access.models import ReviewItem

IN_FORCE = frozenset({Granting.LIVE, Granting.NOT_STARTED})


def _in_force(at: datetime, keys: Collection[str] | None = None) -> list[Asked]:
    """Return the grants that open something now or later, of people who have not left."""
    here = Person.objects.exclude(left_at__lte=at).values("pk")
    rows = UsageRequest.objects.filter(ends_at__gt=at, applicant_id__in=here)
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    return [one for one in with_state(list(rows), at) if one.state in IN_FORCE]


def _grants(among: Population) -> Iterable[Right]:
    for one in _in_force(among.at):
        row = one.row
        if row.applicant_id in among.people:
            yield Right(
                key=str(row.pk),
                person=row.applicant_id,
                which=str(row.pk),
                since=row.starts_at,
                fits=among.people[row.applicant_id].department.code == row.department,
                peers=row.purpose,
            )


def _used(rights: Sequence[Right], since: datetime, until: datetime) -> Mapping[str, Use]:
    found = GrantUse.objects.filter(
        request_id__in=[one.key for one in rights], at__gte=since, at__lt=until
    ).order_by()
    counted = found.values("request_id").annotate(last=Max("at"), times=Count("pk"))
    return {str(row["request_id"]): Use(row["last"], row["times"]) for row in counted}


def _words(ids: Collection[str]) -> Mapping[str, str]:
    found = UsageRequest.objects.filter(pk__in=ids).values_list("pk", "number")
    return {str(pk): _("usage request %(number)s") % {"number": number} for pk, number in found}


def _live_keys(keys: Collection[str], at: datetime) -> set[str]:
    return {str(one.row.pk) for one in _in_force(at, keys)}


def _let_lapse(keys: Collection[str], *, deadline: datetime, by: Actor, at: datetime) -> int:
    return len(keys)


def _confirm(keys: Collection[str], *, by: Actor, at: datetime) -> int:
    return len(_live_keys(keys, at))


def _narrow(key: str, *, until: datetime, by: Actor, at: datetime) -> int:
    return len(_live_keys([key], at))


def _take(item: ReviewItem, *, by: Actor, at: datetime) -> bool:
    return True


def _given(item: ReviewItem, at: datetime) -> bool:
    return bool(_live_keys([item.key], at))


def _given_anew(item: ReviewItem, at: datetime) -> bool:
    return False


GRANT = RightKind(
    code="grant",
    name=gettext_lazy("Usage grant"),
    live=_grants,
    used=_used,
    words=_words,
    let_lapse=_let_lapse,
    confirm=_confirm,
    narrow=_narrow,
    take=_take,
    live_keys=_live_keys,
    given=_given,
    given_anew=_given_anew,
)
