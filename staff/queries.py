"""Who people are at a given time: state, roles, departments, heads, signers, places."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef
from psycopg import sql

from staff import undertakings
from staff.models import Department, Freeze, Headship, Organisation, Person, RoleHolding
from staff.models.duties import UNDERTAKING_MONTHS
from staff.models.rights import frozen_at, live
from staff.roles import HEAD, OFFICER, SUPERVISOR
from trail.actor import Actor
from trail.questions import Question, ask

WORKING, NOT_YET, LEFT, EXPIRED, FROZEN = "working", "not_yet", "left", "expired", "frozen"
UNDERTAKING, TRAINING = "undertaking", "training"


@dataclass(frozen=True, slots=True)
class Standing:
    """A person with everything that decides, at one moment, whether and as what they may act."""

    person: Person
    state: str
    roles: frozenset[str]
    department: str
    at: datetime
    lacking: str = ""
    """What must be there before anything is shown in the clear: UNDERTAKING, TRAINING, or nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address lies; all empty when no network holds it."""

    site: str = ""
    region: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Controller:
    """Who is answerable for the customers' information, as notices, receipts and public pages name them."""

    name_zh: str
    name_en: str
    address: str
    email: str
    phone: str
    officer_name: str
    officer_contact: str
    officer_id: UUID | None = None
    officer_filed_on: date | None = None


def organisation() -> Controller | None:
    """Return the organisation of this installation, or None until somebody has said who it is."""
    row = Organisation.objects.values(*Controller.__dataclass_fields__).first()
    return Controller(**row) if row else None


def standing(person: UUID, at: datetime | None = None) -> Standing | None:
    """Return a person's standing at `at` in one query, or None when there is no such person.

    :param at: the database's clock when left out, which only the edge may do.
    """
    given = {"person": person, "at": at, "months": UNDERTAKING_MONTHS, **_texts()}
    return ask(Question(_STATEMENT, given, lambda rows: _standing(*rows[0]) if rows else None))


def _standing(
    now: datetime,
    department: str,
    held: list[str],
    leads: bool,
    frozen: bool,
    bound: bool,
    trained: bool,
    *columns: Any,
) -> Standing:
    person = Person.from_db(connection.alias, _COLUMNS, columns)
    roles = frozenset(held) | ({HEAD} if leads else frozenset())
    state = state_of(person, frozen=frozen, at=now)
    lacking = TRAINING if bound else UNDERTAKING
    return Standing(person, state, roles, department, now, "" if bound and trained else lacking)


def _texts() -> dict[str, list[Any]]:
    """Return the versions of the undertaking as columns, for the statement that picks the one in force."""
    known = undertakings.texts()
    return {
        "versions": [text.version for text in known],
        "hashes": [text.hash for text in known],
        "sinces": [text.since for text in known],
    }


# Every request asks this, so it is written out: the ORM takes longer to make such a statement than PostgreSQL to
# answer it.
_COLUMNS = [one.attname for one in Person._meta.concrete_fields]
_STANDING = sql.SQL("""
select now.time, department.code, rights.held, rights.leads,
  exists (select from staff_freeze where person_id = person.id
    and at <= now.time and (until is null or until > now.time)) as frozen,
  exists (select from staff_undertaking signed where signed.person_id = person.id
    and (signed.version, signed.hash) = (
      select version, hash from unnest(%(versions)s::text[], %(hashes)s::text[], %(sinces)s::timestamptz[])
        as known (version, hash, since) where since <= now.time order by since desc limit 1)
    and signed.signed_at <= now.time and signed.signed_at > now.time - make_interval(months => %(months)s)
    and (signed.valid_until is null or signed.valid_until > now.time)) as bound,
  not exists (select from staff_requiredcourse required
    where required.since <= now.time and (required.until is null or required.until > now.time)
    and (required.role = any(rights.held) or (required.role = 'head' and rights.leads))
    and not exists (select from staff_training passed
      where passed.person_id = person.id and passed.course = required.course
      and passed.passed_at <= now.time
      and passed.passed_at > now.time - make_interval(months => required.months)
      and (passed.valid_until is null or passed.valid_until > now.time))) as trained,
  {columns}
from (select coalesce(%(at)s::timestamptz, clock_timestamp()) as time offset 0) now,
  staff_person person join staff_department department on department.id = person.department_id,
  lateral (select
    array(select role from staff_roleholding where person_id = person.id
      and since <= now.time and (least(until, lapses_at) > now.time) is not false) as held,
    exists (select from staff_headship where person_id = person.id
      and since <= now.time and (least(until, lapses_at) > now.time) is not false) as leads) rights
where person.id = %(person)s""")
_STATEMENT = _STANDING.format(
    columns=sql.SQL(", ").join(sql.Identifier("person", name) for name in _COLUMNS)
).as_string()


def roles_of(person: Person | UUID, at: datetime) -> frozenset[str]:
    """Return the roles that a person holds at `at`, headship included; state does not matter here."""
    id = person.pk if isinstance(person, Person) else person
    held = set(RoleHolding.objects.filter(live(at), person_id=id).values_list("role", flat=True))
    if Headship.objects.filter(live(at), person_id=id).exists():
        held.add(HEAD)
    return frozenset(held)


def person_state(person: Person, at: datetime) -> str:
    """Return the job state at `at`: working, not_yet, left, expired or frozen. Only `working` may act."""
    return state_of(person, frozen=is_frozen(person.pk, at), at=at)


def state_of(person: Person, *, frozen: bool, at: datetime) -> str:
    """Return the job state of a person of whom is known whether a freeze is in force."""
    if person.left_at is not None and person.left_at <= at:
        return LEFT
    if person.valid_until is not None and person.valid_until <= at:
        return EXPIRED
    if frozen:
        return FROZEN
    return NOT_YET if person.joined_at > at else WORKING


def is_frozen(person: UUID, at: datetime) -> bool:
    """Return whether a freeze of this person is in force. Links and jobs ask this before they go on."""
    return Freeze.objects.filter(frozen_at(at), person_id=person).exists()


def may_work(person: UUID, at: datetime) -> bool:
    """Return whether this person works at `at` and is not frozen. Jobs ask this for their owner."""
    return not is_frozen(person, at) and Person.objects.working(at).filter(pk=person).exists()


def departments_below(department: int) -> set[int]:
    """Return the ids of a department and of everything below it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with recursive below(id) as (select %s::bigint union"
            " select d.id from staff_department d join below on d.parent_id = below.id) select id from below",
            [department],
        )
        return {row[0] for row in cursor.fetchall()}


def departments_above(department: int) -> list[int]:
    """Return the ids from a department up to its root, itself first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with recursive above(id, steps) as (select %s::bigint, 0 union"
            " select d.parent_id, above.steps + 1 from staff_department d join above on d.id = above.id"
            " where d.parent_id is not null and above.steps < 50) select id from above order by steps",
            [department],
        )
        return [row[0] for row in cursor.fetchall()]


def acting(people: Collection[UUID], at: datetime) -> frozenset[UUID]:
    """Return those of `people` who work at `at` and are not frozen."""
    frozen = Freeze.objects.filter(frozen_at(at), person=OuterRef("pk"))
    found = Person.objects.working(at).filter(~Exists(frozen), pk__in=people)
    return frozenset(found.values_list("pk", flat=True))


def heads_of(department: int, at: datetime) -> frozenset[UUID]:
    """Return the heads of one department who can act at `at`."""
    held = Headship.objects.filter(live(at), department_id=department)
    return acting(list(held.values_list("person_id", flat=True)), at)


def heads(at: datetime) -> frozenset[UUID]:
    """Return everybody who leads some department and can act at `at`."""
    return acting(list(Headship.objects.filter(live(at)).values_list("person_id", flat=True)), at)


def holders_of(role: str, at: datetime) -> frozenset[UUID]:
    """Return the people who hold `role` and can act at `at`."""
    held = RoleHolding.objects.filter(live(at), role=role)
    return acting(list(held.values_list("person_id", flat=True)), at)


def signers_for_department(
    department: int, at: datetime, *, never: Collection[UUID] = frozenset()
) -> frozenset[UUID]:
    """Return who signs for a department: its heads, else the parent's, at the root the data security officers.

    A department that one of `never` leads is passed over, so that nobody's own matter is signed by their peer.
    Until there is an officer, the first head signs.
    """
    barred = frozenset(never)
    for above in departments_above(department):
        heads = heads_of(above, at)
        if heads and not heads & barred:
            return heads
    officers = holders_of(OFFICER, at)
    return (officers or _first_head(at)) - barred


def signers_for_many(asked: Sequence[tuple[str, UUID]], at: datetime) -> list[frozenset[UUID]]:
    """Return for each department and person what `signers_for_department(department, at, never={person})` returns.

    A handful of queries, whatever their number; an unknown department has no signers.

    :param asked: codes of departments, with the person for whom is signed.
    """
    tree = list(Department.objects.values_list("code", "pk", "parent_id"))
    known = {code: pk for code, pk, _parent in tree}
    parents = {pk: parent for _code, pk, parent in tree}
    held: dict[int, set[UUID]] = {}
    for department, person in Headship.objects.filter(live(at)).values_list("department_id", "person_id"):
        held.setdefault(department, set()).add(person)
    able = acting({one for people in held.values() for one in people}, at)
    last: list[frozenset[UUID]] = []

    def signers(department: int | None, never: UUID) -> frozenset[UUID]:
        above = department
        while above is not None:
            heads = able & held.get(above, set())
            if heads and never not in heads:
                return heads
            above = parents.get(above)
        if department is None:
            return frozenset()
        if not last:
            last.append(holders_of(OFFICER, at) or _first_head(at))
        return last[0] - {never}

    return [signers(known.get(department), never) for department, never in asked]


def signers_for_person(person: Person, at: datetime) -> frozenset[UUID]:
    """Return who signs for a person: the head of their department; for a head, or where none is, further up."""
    return signers_for_department(person.department_id, at, never={person.pk})


def _first_head(at: datetime) -> frozenset[UUID]:
    held = Headship.objects.filter(live(at)).order_by("since", "pk").values_list("person_id", flat=True)
    able = acting(list(held), at)
    return frozenset([one for one in held if one in able][:1])


def site_of(ip: str | None) -> Place:
    """Return site, region and zone of an address: those of the narrowest network that holds it."""
    if not ip:
        return Place()
    return ask(Question(_SITE, [ip], lambda rows: Place(*rows[0]) if rows else Place()))


_SITE = """
select site.code, site.region, network.zone from staff_network network
join staff_site site on site.id = network.site_id
where network.cidr >>= %s::inet order by masklen(network.cidr) desc limit 1"""


def departments_led(person: UUID, at: datetime) -> list[str]:
    """Return the codes of the departments that a person heads at `at`."""
    held = Headship.objects.filter(live(at), person_id=person)
    return list(held.values_list("department__code", flat=True))


def team_of(actor_department: str, at: datetime) -> frozenset[UUID]:
    """Return everybody, leavers included, of a department and below it: a supervisor's or head's team."""
    return _people_below([actor_department])


def people_led_by(actor: Actor, at: datetime) -> frozenset[UUID]:
    """Return the people below whom a supervisor (own department) or a head (departments led) answers for.

    A supervisor does not answer for whoever heads the department.
    """
    led = set(departments_led(actor.id, at)) if HEAD in actor.roles and actor.id is not None else set()
    if SUPERVISOR not in actor.roles or actor.department in led:
        return _people_below(led)
    heads = Headship.objects.filter(live(at), department__code=actor.department)
    return _people_below({*led, actor.department}) - set(heads.values_list("person_id", flat=True))


def _people_below(codes: Collection[str]) -> frozenset[UUID]:
    """Return everybody, leavers included, of departments and below them, in one query."""
    if not codes:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE_BELOW, [list(codes)])
        return frozenset(row[0] for row in cursor.fetchall())


_PEOPLE_BELOW = """
with recursive below(id) as (select id from staff_department where code = any(%s)
  union select d.id from staff_department d join below on d.parent_id = below.id)
select person.id from staff_person person join below on below.id = person.department_id"""


def leaders_of(person: UUID, at: datetime) -> frozenset[UUID]:
    """Return who answers for a person, nearest first: supervisors and heads of their department, or of one above."""
    department = Person.objects.filter(pk=person).values_list("department_id", flat=True).first()
    supervisors = holders_of(SUPERVISOR, at) - {person}
    for above in departments_above(department) if department else []:
        heads = heads_of(above, at)
        here = Person.objects.filter(pk__in=supervisors, department_id=above).values_list("pk", flat=True)
        # Nobody in a department answers for who heads it: that is for the department above.
        found = heads - {person} if person in heads else frozenset(here) | heads
        if found:
            return found
    return frozenset()


def roles_of_people(people: Collection[UUID], at: datetime) -> dict[UUID, frozenset[str]]:
    """Return the roles that each of some people holds, headship included, in two queries."""
    found: dict[UUID, set[str]] = {person: set() for person in people}
    held = RoleHolding.objects.filter(live(at), person_id__in=people)
    for person, role in held.values_list("person_id", "role"):
        found[person].add(role)
    for person in Headship.objects.filter(live(at), person_id__in=people).values_list("person_id", flat=True):
        found[person].add(HEAD)
    return {person: frozenset(roles) for person, roles in found.items()}


def departments() -> list[Department]:
    """Return the tree as a list, by code."""
    return list(Department.objects.select_related("parent"))
