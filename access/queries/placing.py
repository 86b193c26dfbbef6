"""Where one customer stands: portfolio, tier, and who serves this customer singly."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from approvals.models import Proposal
from customers.models import TIERS, Customer, CustomerPersonPermission, Portfolio, given
from customers.queries import visible_to
from staff.models import Person
from staff.queries import holders_of, team_of
from staff.roles import AGENT
from trail.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Somebody to whom this one customer is given."""

    id: UUID
    words: str
    works: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A customer's place, as whoever proposes another one reads it. No value of the customer."""

    ref: UUID
    number: str
    portfolio: str
    portfolio_name: str
    department: str
    tier: str
    serving: tuple[Serving, ...]
    portfolios: tuple[tuple[str, str], ...]
    """Where the customer could be moved: code and words."""
    tiers: tuple[str, ...]
    agents: tuple[tuple[str, str], ...]
    """Who could serve this customer singly: the agents of the reader's team, id and words."""


def standing_of(actor: Actor, ref: UUID, at: datetime) -> Standing | None:
    """Return where a customer stands; None for one out of reach, as for one that is not there."""
    rows = visible_to(actor, at).select_related("portfolio__department")
    found = rows.filter(ref=ref).first()
    return _standing(actor, found, at) if found else None


def _standing(actor: Actor, found: Customer, at: datetime) -> Standing:
    held = CustomerPersonPermission.objects.filter(given(at), content_object=found).values("user_id")
    serving = list(Person.objects.filter(pk__in=held).order_by("number"))
    agents = holders_of(AGENT, at)
    free = (agents & team_of(actor.department, at)) - {one.pk for one in serving}
    return Standing(
        ref=found.ref,
        number=found.number,
        portfolio=found.portfolio.code,
        portfolio_name=str(found.portfolio),
        department=found.portfolio.department.name,
        tier=found.tier,
        serving=tuple(Serving(id=one.pk, words=str(one), works=one.pk in agents) for one in serving),
        portfolios=tuple(
            (one.code, str(one)) for one in Portfolio.objects.exclude(pk=found.portfolio_id).order_by("code")
        ),
        tiers=tuple(tier for tier in TIERS if tier != found.tier),
        agents=tuple(
            (str(one.pk), str(one)) for one in Person.objects.filter(pk__in=free).order_by("number")
        ),
    )


def waiting_about(ref: UUID, at: datetime) -> list[Proposal]:
    """Return the proposals about a customer that still wait, oldest first."""
    waiting = Proposal.objects.waiting(at).filter(content__customer=str(ref))
    return list(waiting.prefetch_related("signatures").order_by("proposed_at"))
