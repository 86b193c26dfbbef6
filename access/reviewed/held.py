"""Roles and headships under review. A role is used by whatever its holder does in it; a login alone is no use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext_lazy as _

from access.reviewed.kind import Population, Right, RightKind, Use
from staff import queries
from staff.models import Department, Headship, RoleHolding
from staff.models.rights import live
from staff.roles import HEAD, NAMES
from staff.services import lapsing
from staff.services.lapsing import Held
from trail.actor import Actor

if TYPE_CHECKING:
    from access.models import ReviewItem

_ACTS = """
select actor_id, role, max(at), count(*)
from trail_event cross join lateral unnest(roles) role
where at >= %s and at < %s and actor_id = any(%s::uuid[]) and kind not like 'staff.%%'
group by actor_id, role"""


def _roles(among: Population) -> Iterable[Right]:
    for row in RoleHolding.objects.filter(live(among.at), person_id__in=among.people):
        department = among.people[row.person_id].department
        yield Right(
            key=str(row.pk),
            person=row.person_id,
            which=row.role,
            since=row.since,
            fits=department.active,
            peers=f"{row.role} {department.pk}",
        )


def _headships(among: Population) -> Iterable[Right]:
    for row in Headship.objects.filter(live(among.at), person_id__in=among.people).select_related(
        "department"
    ):
        yield Right(
            key=str(row.pk),
            person=row.person_id,
            which=row.department.code,
            since=row.since,
            fits=row.department.active and among.is_near(row.person_id, row.department_id),
            peers=HEAD,
        )


def _acts(rights: Sequence[Right], since: datetime, until: datetime) -> dict[tuple[object, str], Use]:
    with connection.cursor() as cursor:
        cursor.execute(_ACTS, [since, until, [one.person for one in rights]])
        return {(person, role): Use(last, times) for person, role, last, times in cursor.fetchall()}


def _roles_used(rights: Sequence[Right], since: datetime, until: datetime) -> Mapping[str, Use]:
    acts = _acts(rights, since, until)
    return {one.key: acts[one.person, one.which] for one in rights if (one.person, one.which) in acts}


def _headships_used(rights: Sequence[Right], since: datetime, until: datetime) -> Mapping[str, Use]:
    acts = _acts(rights, since, until)
    return {one.key: acts[one.person, HEAD] for one in rights if (one.person, HEAD) in acts}


def _role_words(roles: Collection[str]) -> Mapping[str, str]:
    return {role: str(NAMES[role]) for role in roles}


def _department_words(codes: Collection[str]) -> Mapping[str, str]:
    return {one.code: one.name for one in Department.objects.filter(code__in=codes)}


def _ids(keys: Collection[str]) -> list[int]:
    return [int(key) for key in keys]


def _let_lapse(rows: Held, keys: Collection[str], *, deadline: datetime, by: Actor, at: datetime) -> int:
    return lapsing.let_lapse(rows, _ids(keys), deadline=deadline, by=by, at=at)


def _confirm(rows: Held, keys: Collection[str], *, by: Actor, at: datetime) -> int:
    return lapsing.confirm(rows, _ids(keys), by=by, at=at)


def _narrow(rows: Held, key: str, *, until: datetime, by: Actor, at: datetime) -> int:
    return lapsing.narrow(rows, int(key), until=until, by=by, at=at)


def _take(rows: Held, item: ReviewItem, *, by: Actor, at: datetime) -> bool:
    return lapsing.end(rows, int(item.key), by=by, at=at)


def _live_keys(rows: Held, keys: Collection[str], at: datetime) -> set[str]:
    found = rows.objects.filter(live(at), pk__in=_ids(keys)).values_list("pk", flat=True)
    return {str(key) for key in found}


def _role_given(item: ReviewItem, at: datetime) -> bool:
    return item.which in queries.roles_of(item.person_id, at)


def _headship_given(item: ReviewItem, at: datetime) -> bool:
    return item.which in queries.departments_led(item.person_id, at)


def _role_given_anew(item: ReviewItem, at: datetime) -> bool:
    again = RoleHolding.objects.filter(live(at), person_id=item.person_id, role=item.which)
    return again.exclude(pk=int(item.key)).exists()


def _headship_given_anew(item: ReviewItem, at: datetime) -> bool:
    again = Headship.objects.filter(live(at), person_id=item.person_id, department__code=item.which)
    return again.exclude(pk=int(item.key)).exists()


ROLE = RightKind(
    code="role",
    name=_("Role"),
    live=_roles,
    used=_roles_used,
    words=_role_words,
    let_lapse=partial(_let_lapse, RoleHolding),
    confirm=partial(_confirm, RoleHolding),
    narrow=partial(_narrow, RoleHolding),
    take=partial(_take, RoleHolding),
    live_keys=partial(_live_keys, RoleHolding),
    given=_role_given,
    given_anew=_role_given_anew,
)
HEADSHIP = RightKind(
    code="headship",
    name=_("Headship"),
    live=_headships,
    used=_headships_used,
    words=_department_words,
    let_lapse=partial(_let_lapse, Headship),
    confirm=partial(_confirm, Headship),
    narrow=partial(_narrow, Headship),
    take=partial(_take, Headship),
    live_keys=partial(_live_keys, Headship),
    given=_headship_given,
    given_anew=_headship_given_anew,
)
