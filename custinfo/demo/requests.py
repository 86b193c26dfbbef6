"""Usage requests of the demo, through the real services: one in force, one that waits, one that was hardly used."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from access.models import UsageRequest
from access.models.requests import FILTER, LIST, ONE
from access.requests import Draft
from access.services import requests
from approvals import services as approvals
from approvals.models import Proposal
from custinfo.demo.cast import CAST, actor
from customers.queries import visible_to
from staff.models import Person
from trail.actor import Actor

DAY = timedelta(days=1)


def make_requests(people: dict[str, Person], at: datetime) -> int:
    """Let agents ask, and head and officer sign; return how many requests there are."""
    then = at - 20 * DAY
    agent, head, officer = (_member(people, number, then) for number in ("A1001", "H1001", "D1001"))
    served = list(
        visible_to(agent, then).exclude(tier="vip").order_by("number").values_list("ref", flat=True)[:60]
    )
    former = requests.ask(
        _draft(served[:40], then, then + 7 * DAY, LIST, "回访中秋活动中有疑问的客户。"), by=agent, at=then
    )
    _sign(former, then, head, officer)
    now = [replace(one, second_factor_at=at) for one in (agent, head, officer)]
    agent, head, officer = now
    live = requests.ask(
        _draft(served[:1], at, at + 7 * DAY, ONE, "客户多次来电未接通，需要回拨核对地址。"), by=agent, at=at
    )
    _sign(live, at, head)
    requests.ask(
        _draft(served, at, at + 14 * DAY, FILTER, "系统故障补偿，需要逐一联系受影响的客户。"), by=agent, at=at
    )
    return 3


def _draft(refs: Sequence[UUID], since: datetime, until: datetime, selection: str, reason: str) -> Draft:
    return Draft(
        purpose="service",
        fields=("mobile", "address"),
        customers=tuple(refs),
        selection=selection,
        starts_at=since,
        ends_at=until,
        exclude=False,
        justification="客户主动来电要求处理，合同履行所必需。",
        reason=reason,
    )


def _sign(row: UsageRequest, at: datetime, *signers: Actor) -> None:
    for signer in signers:
        proposal = Proposal.objects.get(pk=row.proposal)
        approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=signer, at=at)


def _member(people: dict[str, Person], number: str, at: datetime) -> Actor:
    member = next(one for one in CAST if one.number == number)
    return replace(actor(people[number], member), second_factor_at=at, mode="demo")
