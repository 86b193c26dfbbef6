"""The people, places and portfolios of the demo. Nobody here exists."""

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from guardian.shortcuts import assign_perm

from customers.models import SERVE_PORTFOLIO, Portfolio
from staff import undertakings
from staff.demo import PASSWORD, enrol
from staff.models import Department, Headship, Network, Person, RoleHolding, Site, Training, Undertaking
from staff.models.duties import TOTP
from staff.queries import Controller
from staff.roles import AGENT, ANALYST, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from staff.services.organisation import set_organisation
from trail.actor import Actor


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the cast."""

    number: str
    name: str
    role: str
    department: str
    portfolios: tuple[str, ...] = ()


CAST = (
    Member("A1001", "林晓", AGENT, "service", ("EAST", "SOUTH")),
    Member("A1002", "陈默", AGENT, "service", ("WEST",)),
    Member("S1001", "周岚", SUPERVISOR, "service"),
    Member("H1001", "何建国", HEAD, "service"),
    Member("N1001", "许知远", ANALYST, "service", ("EAST", "SOUTH")),
    Member("D1001", "沈清", OFFICER, "compliance"),
    Member("M1001", "马骏", SECURITY, "compliance"),
    Member("K1001", "顾森", CUSTODIAN, "compliance"),
    Member("K1002", "陶然", CUSTODIAN, "compliance"),
    Member("K1003", "叶宁", CUSTODIAN, "compliance"),
    Member("U1001", "俞静", AUDITOR, "compliance"),
)
DEPARTMENTS = (("service", "客户服务部"), ("compliance", "合规与安全部"))
PORTFOLIOS = (
    ("EAST", "华东客户组", "上海市"),
    ("SOUTH", "华南客户组", "广东省"),
    ("WEST", "西部客户组", "四川省"),
)
COMPANY = Controller(
    name_zh="青禾示例商贸有限公司",
    name_en="Qinghe Example Trading Co., Ltd.",
    address="上海市示例区样本路100号",
    email="privacy@example.com",
    phone="400-000-0000",
    officer_name="沈清",
    officer_contact="officer@example.com",
    officer_filed_on=date(2025, 8, 20),
)
SITES = (("shanghai", "上海总部", "上海市", "127.0.0.0/8"), ("chengdu", "成都分部", "四川省", "10.28.0.0/16"))


def make_cast(at: datetime) -> dict[str, Person]:
    """Make departments, sites, portfolios and ten people who can log in; return them by staff number."""
    since = at - timedelta(days=120)
    departments = {code: Department.objects.create(code=code, name=name) for code, name in DEPARTMENTS}
    for code, name, region, cidr in SITES:
        site = Site.objects.create(code=code, name=name, region=region)
        Network.objects.create(cidr=cidr, site=site, zone="office")
    portfolios = {
        code: Portfolio.objects.create(code=code, name=name, region=region, department=departments["service"])
        for code, name, region in PORTFOLIOS
    }
    people = {}
    for member in CAST:
        person = _enrol(member, departments[member.department], since)
        for code in member.portfolios:
            assign_perm(SERVE_PORTFOLIO, person, portfolios[code])
        people[member.number] = person
    _say_who_we_are(people, at)
    return people


def _say_who_we_are(people: dict[str, Person], at: datetime) -> None:
    (manager,) = (member for member in CAST if member.role == SECURITY)
    (officer,) = (people[member.number].pk for member in CAST if member.role == OFFICER)
    by = replace(actor(people[manager.number], manager), second_factor_at=at)
    set_organisation(replace(COMPANY, officer_id=officer), by=by, at=at)


def _enrol(member: Member, department: Department, since: datetime) -> Person:
    person = Person.objects.create_user(
        member.number,
        member.name,
        department=department,
        joined_at=since,
        is_demo=True,
    )
    if member.role == HEAD:
        Headship.objects.create(department=department, person=person, since=since)
    else:
        RoleHolding.objects.create(person=person, role=member.role, since=since)
    enrol(person, password=PASSWORD, at=since)
    text = undertakings.in_force(since)
    Undertaking.objects.create(
        person=person, version=text.version, hash=text.hash, method=TOTP, signed_at=since
    )
    Training.objects.create(person=person, course="客户信息保护基础", passed_at=since)
    return person


def actor(person: Person, member: Member, *, session: str = "") -> Actor:
    """Return the person as somebody who acted in the past."""
    east = member.number != "A1002"
    return Actor(
        id=person.pk,
        number=person.number,
        name=person.name,
        roles=frozenset({member.role}),
        department=member.department,
        mode="demo",
        ip="127.0.0.1" if east else "10.28.4.17",
        site="shanghai" if east else "chengdu",
        region="上海市" if east else "四川省",
        zone="office",
        session=session or secrets.token_hex(16),
    )
