"""What people have signed and passed at a moment, for pages that show it; one person's gate is `queries.standing`."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from staff import undertakings
from staff.models import Person
from staff.models.duties import UNDERTAKING_MONTHS


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A valid undertaking of the text in force; `file` is its scan, where it was signed on paper."""

    at: datetime
    until: datetime
    method: str
    file: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course that somebody passed or needs; without `until` a valid one has no end. `file` is its certificate."""

    name: str
    required: bool
    valid: bool
    until: datetime | None
    file: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """One person's undertaking and courses."""

    person: Person
    signed: Signed | None
    courses: tuple[Course, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is lacking, so that values may be shown in the clear."""
        return self.signed is not None and all(one.valid or not one.required for one in self.courses)


def duties_of(people: Iterable[UUID], at: datetime) -> list[Duties]:
    """Return the duties of those of these people who work at `at`, by staff number; three queries."""
    found = list(Person.objects.working(at).filter(pk__in=list(people)).order_by("number"))
    ids = [person.pk for person in found]
    text = undertakings.in_force(at)
    asked = {
        "people": ids,
        "at": at,
        "months": UNDERTAKING_MONTHS,
        "version": text.version,
        "hash": text.hash,
    }
    signed = {
        row[0]: Signed(at=row[1], method=row[2], until=row[3], file=row[4]) for row in _rows(_SIGNED, asked)
    }
    courses: dict[UUID, list[Course]] = defaultdict(list)
    for person, name, required, valid, until, file in _rows(_COURSES, asked):
        courses[person].append(Course(name=name, required=required, valid=valid, until=until, file=file))
    return [
        Duties(person=person, signed=signed.get(person.pk), courses=tuple(courses[person.pk]))
        for person in found
    ]


def _rows(sql: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(cursor.fetchall())


_SIGNED = """
select distinct on (person_id) person_id, signed_at, method,
  least(signed_at + make_interval(months => %(months)s), valid_until), file
from staff_undertaking
where person_id = any(%(people)s) and version = %(version)s and hash = %(hash)s and signed_at <= %(at)s
  and least(signed_at + make_interval(months => %(months)s), valid_until) > %(at)s
order by person_id, signed_at desc"""
_COURSES = """
with held (person_id, role) as (
  select person_id, role from staff_roleholding where since <= %(at)s and (until is null or until > %(at)s)
  union select person_id, 'head' from staff_headship where since <= %(at)s and (until is null or until > %(at)s)
), needed as (
  select held.person_id, required.course, min(required.months) as months
  from held join staff_requiredcourse required on required.role = held.role
    and required.since <= %(at)s and (required.until is null or required.until > %(at)s)
  group by 1, 2
), passed as (
  select person_id, course, passed_at, valid_until, file from staff_training where passed_at <= %(at)s
), ends as (
  select person_id, course, months is not null as required, passed_at, file,
    least(passed_at + make_interval(months => months), valid_until) as until
  from needed full join passed using (person_id, course)
)
select distinct on (person_id, course) person_id, course, required,
  passed_at is not null and (until is null or until > %(at)s), until, file
from ends where person_id = any(%(people)s)
order by person_id, course, until desc nulls first, passed_at desc nulls last"""
