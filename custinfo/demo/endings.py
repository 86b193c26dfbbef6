"""Customers of the demo who left years ago, the first night's list of what is due, and who holds copies elsewhere."""

from datetime import date, datetime

from classification.models import BASIC
from custinfo.demo.cast import CAST, actor
from customers.models import Customer
from retention.services import systems
from retention.services.listing import LISTER, list_due
from staff.models import Person
from staff.roles import OFFICER
from trail.actor import Actor

LEFT = 9
"""So many customers have left: the last by number, whom no tour of the demo begins with."""


def list_endings(at: datetime) -> int:
    """Let some relationships have ended, list what is due, and return how many customers that is."""
    last = Customer.objects.order_by("-number").values_list("pk", flat=True)[:LEFT]
    rows = Customer.objects.filter(pk__in=list(last))
    rows.update(relationship_since=date(2014, 3, 1), relationship_until=date(2020, 6, 30))
    return list_due(by=Actor.system(LISTER), at=at).customers


def list_systems(people: dict[str, Person], at: datetime) -> None:
    """Enter two systems that hold copies, as the officer would."""
    (member,) = (member for member in CAST if member.role == OFFICER)
    by = actor(people[member.number], member)
    for name, owner, contact, how, fields, categories in SYSTEMS:
        said = {"name": name, "owner": owner, "contact": contact, "how": how}
        systems.save(None, **said, fields=fields, categories=categories, by=by, at=at)


SYSTEMS: tuple[tuple[str, str, str, str, list[str], list[str]], ...] = (
    ("营销平台", "市场部", "marketing@example.com", "mail", ["mobile", "email"], []),
    ("数据仓库", "数据平台组", "warehouse@example.com", "by_system", [], [BASIC]),
)
