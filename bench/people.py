"""Who reads in the bench, and the customers there are to read."""

from datetime import datetime, timedelta

from django.contrib.auth.models import Permission

from access.models import RowBudget
from customers.models import SERVE_PORTFOLIO, Customer, Portfolio, PortfolioPersonPermission
from staff import undertakings
from staff.models import Department, Person, RoleHolding, Undertaking
from staff.models.duties import TOTP
from staff.roles import AGENT, SUPERVISOR
from trail.actor import Actor

PORTFOLIOS = 20
MOST = 100_000


def ready(at: datetime) -> tuple[Actor, Actor, list[Portfolio]]:
    """Return an agent, a supervisor and the portfolios of one department, made once per data directory."""
    department, _ = Department.objects.get_or_create(code="bench", defaults={"name": "bench"})
    portfolios = [
        Portfolio.objects.get_or_create(
            code=f"B{number:03d}", defaults={"name": f"B{number:03d}", "department": department}
        )[0]
        for number in range(PORTFOLIOS)
    ]
    agent, supervisor = (
        _person(number, role, department, at) for number, role in (("B1", AGENT), ("B2", SUPERVISOR))
    )
    permission = Permission.objects.get(codename=SERVE_PORTFOLIO, content_type__app_label="customers")
    for portfolio in portfolios[:5]:
        PortfolioPersonPermission.objects.get_or_create(
            user_id=agent.id, content_object=portfolio, permission=permission
        )
    _widen_budgets(at)
    return agent, supervisor, portfolios


def supervisors(number: int, at: datetime) -> list[Actor]:
    """Return so many supervisors: what one person is shown is counted one act after the other."""
    department = Department.objects.get(code="bench")
    return [_person(f"BS{one}", SUPERVISOR, department, at) for one in range(number)]


def _widen_budgets(at: datetime) -> None:
    """Let them be shown more than anybody works through: it is the speed that is measured here."""
    for row in RowBudget.objects.in_force(at).filter(role__in=(AGENT, SUPERVISOR), per_hour__lt=MOST):
        RowBudget.objects.filter(pk=row.pk).update(until=at)
        row.pk, row.number, row.since, row.shipped = None, row.number + 1, at, False
        row.per_hour = row.per_day = MOST
        row.save(force_insert=True)


def _person(number: str, role: str, department: Department, at: datetime) -> Actor:
    joined = at - timedelta(days=30)
    person = Person.objects.filter(number=number).first()
    if person is None:
        person = Person.objects.create_user(
            number, number, department=department, joined_at=joined, is_demo=True
        )
        RoleHolding.objects.create(person=person, role=role, since=joined)
    _sign(person, at)
    return Actor(
        id=person.pk,
        number=number,
        name=number,
        roles=frozenset({role}),
        department=department.code,
        second_factor_at=at,
    )


def _sign(person: Person, at: datetime) -> None:
    """Let a person have signed the undertaking: whoever has not is shown masks only."""
    text = undertakings.in_force(at)
    if not Undertaking.objects.filter(person=person, version=text.version).exists():
        Undertaking.objects.create(
            person=person, version=text.version, hash=text.hash, method=TOTP, signed_at=at
        )


def held() -> int:
    """Return how many customers there are."""
    return Customer.objects.count()
