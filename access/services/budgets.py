"""Row budgets: spent inside the act, under a lock of the person, so that two at once never show more than allowed.

Within budget nothing happens. Over it the act is refused with the seconds to wait; a typed reason gives a portion
more, then the tap of whoever answers for the person another, and then the window has to move on (S4-57). Nothing of
L1 and L2 with one customer is ever refused (S2-6).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from django.db import transaction

from access import budgets, events
from access.budgets import CLEAR, LISTS, REASON, ROWS_A_PAGE, STEPS, TAP, Line
from access.models import BudgetPortion
from access.proposals import budgets as proposals
from access.queries import budgets as counting
from access.queries.budgets import SENSITIVE, Counted
from approvals import services as approvals
from approvals.models import Proposal
from customers.models import Customer
from files import services as files
from staff import queries as staff
from staff import step_up
from staff.permissions import may
from staff.services.notifications import notify
from trail import exposed
from trail import services as trail
from trail.actor import Actor
from trail.exposed import Exposed
from trail.questions import Question

LONGEST_REASON = 500


class OverBudget(Exception):
    """A budget does not bear this. Raised inside the act's transaction; the refusal is recorded outside it."""

    def __init__(self, line: Line, step: str, seconds: int, customers: Sequence[Customer] = ()) -> None:
        super().__init__(line.budget)
        self.line = line
        self.step = step
        self.seconds = seconds
        self.customers = tuple(customers)


class NotExtended(Exception):
    """No portion more: `code` is not_needed, no_reason, too_long, ask_for_a_tap, not_allowed, nobodys or wait."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@contextmanager
def refusals_recorded(*, by: Actor, at: datetime) -> Iterator[None]:
    """Record the refusal of a budget after the transaction inside has been taken back, and raise it on."""
    try:
        yield
    except OverBudget as refused:
        _record_refusal(refused, by, at)
        raise


def spend_clear(customers: Sequence[Customer], *, level: int, by: Actor, at: datetime) -> None:
    """Count customers of whom a value is about to be shown in clear; below L3 nothing is counted.

    Inside the transaction that records the showing. A customer within the window already costs nothing.

    :raises OverBudget: the budget does not bear it.
    """
    if level < SENSITIVE:
        return
    found = _locked(by, CLEAR, at)
    _insist(found, found.new(customers, at), at, customers)


def spend_file(customers: Sequence[Customer], *, by: Actor, at: datetime) -> None:
    """Count customers of whom L3 or above is about to leave in a file under a usage grant: a clear view like others.

    The grant's own volume holds besides. What was signed for more than a whole window is borne once in it (see
    `access.budgets.bears`): an officer expects that a file they signed can be made, and that no second one, and no
    browsing, follows it within the window.

    :raises OverBudget: the budget does not bear it.
    """
    if not customers:
        return
    found = _locked(by, CLEAR, at)
    _insist(found, found.new(customers, at), at, customers, signed=True)


def spend_pages(rows: int, *, by: Actor, at: datetime) -> None:
    """Count a page of a search or list, or an export of so many rows, as the pages that it holds.

    :raises OverBudget: the budget does not bear it.
    """
    found = _locked(by, LISTS, at)
    pages = max(1, ceil(rows / ROWS_A_PAGE))
    _insist(found, {("", window): pages for window in budgets.WINDOWS}, at)


def give_reason(budget: str, reason: str, *, by: Actor, at: datetime) -> int:
    """Give oneself a portion more for a typed reason, once in each window; return how many rows.

    :raises NotExtended: see its codes.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise NotExtended("no_reason")
    if len(reason) > LONGEST_REASON:
        raise NotExtended("too_long")
    with transaction.atomic():
        found = _locked(by, budget, at)
        short = _short(found, REASON)
        text = files.put_text(
            reason, about="budget.reason", subject=None, readers=_leaders(by, at), by=by, at=at
        )
        return _extend(short, REASON, person=_person(by), text=text, by=by, at=at)


def allow_more(person: UUID, budget: str, *, by: Actor, at: datetime) -> int:
    """Give somebody one answers for a portion more, once in each window, after their own reason.

    :raises staff.step_up.StepUpNeeded: the second factor is not fresh: a tap approves more L3 in clear.
    :raises NotExtended: see its codes.
    """
    if not may(by, "budget.extend"):
        raise NotExtended("not_allowed")
    step_up.require(by, at=at)
    # SECURITY: nobody taps for themselves, nor for people they do not answer for (law 9).
    if person == by.id or person not in staff.people_led_by(by, at):
        raise NotExtended("nobodys")
    with transaction.atomic():
        roles = staff.roles_of(person, at)
        found = counting.counted(person, roles, budget, at, after=_lock(person, budget))
        return _extend(_short(found, TAP), TAP, person=person, text=None, by=by, at=at)


def propose_change(change: Mapping[str, Any], *, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose other numbers for a budget, a budget for one more tier, or the end of such a one.

    :param change: budget, role, tier, per_hour, per_day, more_hour, more_day; or `end`.
    :raises CannotApply: budget_bad, budget_needed, changed_meanwhile, nothing_changes.
    """
    content = proposals.content_of(change, at)
    return approvals.propose(proposals.KIND, content=content, reason_text=reason, by=by, at=at)


def _insist(
    found: Counted,
    asked: budgets.Used,
    at: datetime,
    customers: Sequence[Customer] = (),
    *,
    signed: bool = False,
) -> None:
    refused = budgets.over(found.lines, asked, signed=signed)
    if not refused:
        return
    waits = {line: _seconds(found, line, asked, at, signed) for line in refused}
    steps = {line: line.step_for(asked[line.tier, line.window], signed=signed) for line in refused}
    worst = max(refused, key=lambda line: (STEPS.index(steps[line]), waits[line]))
    raise OverBudget(worst, steps[worst], max(waits.values()), customers)


def _seconds(found: Counted, line: Line, asked: budgets.Used, at: datetime, signed: bool) -> int:
    shown = [(when, number) for when, number, tier in found.shown if line.tier in ("", tier)]
    more = asked[line.tier, line.window]
    return budgets.seconds_to_wait(line, more, shown, found.portions, at, signed=signed)


def _short(found: Counted, step: str) -> list[Line]:
    """Return the lines near their end that this step extends.

    :raises NotExtended: not_needed, or what stands before or after this step.
    """
    near = [line for line in found.lines if line.near]
    short = [line for line in near if line.step == step]
    if short:
        return short
    if step == REASON and any(line.step == TAP for line in near):
        raise NotExtended("ask_for_a_tap")
    raise NotExtended("wait" if near and all(line.tap for line in near) else "not_needed")


def _extend(short: list[Line], step: str, *, person: UUID, text: UUID | None, by: Actor, at: datetime) -> int:
    assert by.id is not None
    BudgetPortion.objects.bulk_create(
        BudgetPortion(
            person_id=person,
            budget=line.budget,
            tier=line.tier,
            window=line.window,
            step=step,
            rows=line.more,
            reason=text,
            by_id=by.id,
            by_number=by.number,
            at=at,
        )
        for line in short
    )
    trail.record(
        events.BUDGET_EXTENDED,
        by=by,
        at=at,
        facts={
            "budget": short[0].budget,
            "person": str(person),
            "step": step,
            "windows": [f"{line.tier} {line.window}".strip() for line in short],
            "more": [line.more for line in short],
            "reason": str(text or ""),
        },
    )
    return min(line.more for line in short)


def _record_refusal(refused: OverBudget, by: Actor, at: datetime) -> None:
    line = refused.line
    with transaction.atomic():
        if refused.step == TAP and not _told_already(line, by, at):
            notify(_leaders(by, at), "budget_tap_waits", params={"name": by.name}, link="/budgets/", at=at)
        trail.record(
            events.BUDGET_REFUSED,
            by=by,
            at=at,
            facts={
                "budget": line.budget,
                "tier": line.tier,
                "window": line.window,
                "used": line.used,
                "allowed": line.allowed,
                "step": refused.step,
                "seconds": refused.seconds,
            },
            exposures=[
                Exposed(
                    customer=one.ref,
                    act=exposed.REFUSED,
                    portfolio=one.portfolio.code,
                    region=one.portfolio.region,
                )
                for one in refused.customers
            ],
        )


def _told_already(line: Line, by: Actor, at: datetime) -> bool:
    """Whether whoever answers for the person was told within this window since the portion for a reason."""
    since = max(at - budgets.WINDOWS[line.window], _last_portion(by, at))
    return counting.tap_refusals([_person(by)], since, at).filter(facts__budget=line.budget).exists()


def _last_portion(by: Actor, at: datetime) -> datetime:
    given = counting.portions([_person(by)], at).get(_person(by), [])
    return max((one.at for one in given), default=at - timedelta(days=1))


def _leaders(by: Actor, at: datetime) -> frozenset[UUID]:
    return staff.leaders_of(_person(by), at)


def _locked(by: Actor, budget: str, at: datetime) -> Counted:
    """Count a person's use, under the lock that makes their acts wait for each other until each is recorded."""
    person = _person(by)
    return counting.counted(person, by.roles, budget, at, after=_lock(person, budget))


def _lock(person: UUID, budget: str) -> Question[object]:
    key = {"key": f"budget:{budget}:{person}"}
    return Question("select pg_advisory_xact_lock(hashtextextended(%(key)s, 0))", key, list)


def _person(by: Actor) -> UUID:
    if by.id is None:
        raise ValueError("only people are shown customers")
    return by.id
