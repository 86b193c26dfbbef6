"""L4 values of the demo: handed over as on the customer's page, and taken in by the restricted host. All invented."""

from datetime import datetime

from access.services import apart
from access.services.apart import Brought
from custinfo.demo.cast import CAST, actor
from customers.models import Customer
from files import apart as held
from staff.models import Person

REPORTS = (
    "征信摘要（示例）：近五年无逾期，两张信用卡，无未结清贷款。",
    "征信摘要（示例）：2024 年一次逾期 12 天，已结清；房贷一笔。",
    "征信摘要（示例）：查询记录三次，无不良记录。",
)


def hand_over(people: dict[str, Person], at: datetime) -> int:
    """Let the supervisor hand over credit reports of the first customers; return how many."""
    if not held.is_set_up():
        return 0
    (member,) = (one for one in CAST if one.number == "S1001")
    by = actor(people[member.number], member)
    customers = Customer.objects.order_by("number")[: len(REPORTS)]
    for customer, report in zip(customers, REPORTS, strict=False):
        brought = Brought(content=report.encode(), text=True)
        apart.deposit(customer.ref, "credit_report", brought, by=by, at=at)
    return len(customers)
