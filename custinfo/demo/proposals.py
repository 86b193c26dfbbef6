"""Proposals of the demo that wait for somebody's signature, made through the real services."""

from dataclasses import replace
from datetime import datetime

from access.services import rights
from custinfo.demo.cast import CAST, actor
from staff.models import Person
from staff.roles import AGENT


def make_proposals(people: dict[str, Person], at: datetime) -> int:
    """Let the security manager propose a new agent and a portfolio; return how many proposals wait."""
    member = next(one for one in CAST if one.number == "M1001")
    by = replace(actor(people["M1001"], member), second_factor_at=at)
    rights.propose_person(
        number="A1003",
        name="白薇",
        department="service",
        roles=[AGENT],
        portfolios=["SOUTH"],
        reason="华南客户组增加一名客服，入职手续已办。",
        by=by,
        at=at,
    )
    rights.propose_portfolio(
        person=people["A1002"].pk,
        portfolio="SOUTH",
        reason="林晓休假期间由陈默代为服务华南客户组。",
        by=by,
        at=at,
    )
    return 2
