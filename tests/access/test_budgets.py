"""Row budgets: counted from the trail, refused at the edge, extended by a reason and then by a tap (S4-57)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction

from access import budgets, events
from access.budgets import CLEAR, DAY, HOUR, LISTS, REASON, TAP, WAIT, Budget, Line, Portion
from access.models import BudgetPortion, RowBudget
from access.proposals import budgets as proposals
from access.queries import budgets as counting
from access.queries import team_budgets
from access.services import budgets as spending
from access.services import compare, export, listing, reveal
from access.shipped import SINCE, budget_rows, install_budgets
from approvals import services as approvals
from approvals.registry import CannotApply
from customers.services import contacts
from files.models import SealedText
from staff.models import Notification
from staff.roles import AGENT, HEAD, OFFICER, SECURITY, SUPERVISOR
from staff.services.people import NotAllowed
from tests.access.cast import exposures_since, kinds_since, last_event
from trail import exposed
from trail import services as trail
from trail.exposed import Exposed
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
SECOND = timedelta(seconds=1)


def allow(at, *, budget=CLEAR, role=SUPERVISOR, tier="", hour=2, day=100, more_hour=1, more_day=10):
    """Put a small budget in force in place of the shipped one."""
    RowBudget.objects.in_force(at).filter(budget=budget, role=role, tier=tier).update(until=at)
    number = RowBudget.objects.filter(budget=budget, role=role, tier=tier).count() + 1
    code = "-".join(filter(None, (budget, role, tier)))
    return RowBudget.objects.create(
        code=code,
        number=number,
        budget=budget,
        role=role,
        tier=tier,
        per_hour=hour,
        per_day=day,
        more_hour=more_hour,
        more_day=more_day,
        since=at - timedelta(days=3),
    )


def show(cast, customer, by, at=None):
    at = at or cast.at
    contacts.touch(ref=customer.ref, by=by, at=at)
    return reveal.reveal(customer.ref, "mobile", reason="核实", by=by, at=at)


def saw(by, customer, at, *, act=exposed.REVEALED, level=3):
    """Let the trail say that somebody was shown a value of a customer."""
    seen = Exposed(customer=customer.ref, act=act, clear=("mobile",), level=level)
    facts = {"field": "mobile", "level": level, "reason": "", "ground": ""}
    trail.record(events.FIELD_REVEALED, by=by, at=at, facts=facts, exposures=[seen])


def refused(act):
    with pytest.raises(spending.OverBudget) as found:
        act()
    return found.value


def lists(cast, by, at=None, how="list"):
    return listing.list_page([], how=how, page=1, by=by, at=at or cast.at)


# --- the rows ----------------------------------------------------------------------------------------------------
def test_ships_a_budget_for_everybody_who_is_shown_customers():
    held = set(RowBudget.objects.filter(shipped=True, tier="").values_list("budget", "role"))
    assert held == {
        *((CLEAR, role) for role in (AGENT, SUPERVISOR, HEAD)),
        *((LISTS, role) for role in (AGENT, SUPERVISOR, HEAD, OFFICER)),
    }
    assert RowBudget.objects.count() == len(budget_rows())
    assert install_budgets() == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.update(per_hour=9999),
        lambda row: row.delete(),
        lambda row: (row.update(until=SINCE), row.update(until=None)),
    ],
)
def test_lets_nobody_edit_or_delete_a_budget(change):
    with pytest.raises(DatabaseError, match="a row budget is"), transaction.atomic():
        change(RowBudget.objects.filter(code="clear-agent"))


def test_lets_nobody_take_back_a_portion_or_tap_for_themselves(cast):
    by = cast.supervisor()
    row = {"person_id": by.id, "budget": CLEAR, "window": HOUR, "rows": 1, "by_number": "x", "at": cast.at}
    with pytest.raises(IntegrityError, match="nobody_taps_for_themselves"), transaction.atomic():
        BudgetPortion.objects.create(**row, step=TAP, by_id=by.id)
    BudgetPortion.objects.create(**row, step=TAP, by_id=cast.supervisor().id)
    with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
        BudgetPortion.objects.all().delete()


# --- arithmetic --------------------------------------------------------------------------------------------------
def rows(*specs):
    return [
        Budget(
            code="x",
            budget=CLEAR,
            role=role,
            tier=tier,
            per_hour=hour,
            per_day=hour * 5,
            more_hour=1,
            more_day=2,
        )
        for role, tier, hour in specs
    ]


def whole(roles, *specs, tier="", window=HOUR):
    found = budgets.lines(CLEAR, roles, rows(*specs), {}, [])
    return [line.whole for line in found if (line.tier, line.window) == (tier, window)]


def test_takes_the_most_generous_budget_of_several_roles():
    both = ((AGENT, "", 10), (SUPERVISOR, "", 30))
    assert whole({AGENT}, *both) == [10]
    assert whole({AGENT, SUPERVISOR}, *both) == [30]
    assert whole({AGENT, SUPERVISOR}, *both, window=DAY) == [150]


def test_holds_to_a_tier_only_whoever_has_no_role_without_it():
    named = ((AGENT, "", 10), (SUPERVISOR, "", 30), (AGENT, "vip", 2))
    assert whole({AGENT}, *named, tier="vip") == [2]
    assert whole({AGENT, SUPERVISOR}, *named, tier="vip") == []


def test_allows_nothing_without_a_row():
    assert whole({"visitor"}, (AGENT, "", 10)) == [0]
    (line, _day) = budgets.lines(CLEAR, {"visitor"}, [], {}, [])
    assert (line.allowed, line.step) == (0, WAIT)


@pytest.mark.parametrize(
    ("reason", "tap", "step", "allowed"),
    [(0, 0, REASON, 10), (3, 0, TAP, 13), (3, 3, WAIT, 16), (0, 3, REASON, 13)],
)
def test_asks_for_a_reason_then_a_tap_then_patience(reason, tap, step, allowed):
    line = Line(budget=CLEAR, tier="", window=HOUR, used=16, whole=10, more=3, reason=reason, tap=tap)
    assert (line.step, line.allowed) == (step, allowed)


@pytest.mark.parametrize(("used", "near"), [(79, False), (80, True), (100, True), (0, False)])
def test_is_near_from_four_fifths_on(used, near):
    assert Line(budget=CLEAR, tier="", window=HOUR, used=used, whole=100, more=1).near is near


def test_says_how_long_it_takes_until_the_window_bears_it(cast):
    at = cast.at
    line = Line(budget=CLEAR, tier="", window=HOUR, used=3, whole=2, more=1, reason=1)
    shown = [(at - timedelta(minutes=50), 1), (at - timedelta(minutes=40), 1), (at - timedelta(minutes=5), 1)]
    given = [Portion(budget=CLEAR, tier="", window=HOUR, step=REASON, rows=1, at=at - timedelta(minutes=55))]
    # The portion ends in five minutes, so that two have to leave, not one.
    assert budgets.seconds_to_wait(line, 1, shown, given, at) == 20 * 60
    assert budgets.seconds_to_wait(line, 1, shown, [], at) == 20 * 60
    later = [replace(given[0], at=at)]
    assert budgets.seconds_to_wait(line, 1, shown, later, at) == 10 * 60
    assert budgets.seconds_to_wait(line, 99, shown, given, at) == 3600


@pytest.mark.parametrize(
    ("used", "asked", "plain", "signed"),
    [
        (0, 10, True, True),
        (1, 10, False, False),
        (99, 0, True, True),
        (0, 11, False, True),
        (10, 500, False, True),
        (11, 500, False, False),
        (500, 500, False, False),
    ],
)
def test_lets_a_signed_file_exceed_a_window_that_lies_within_its_budget(used, asked, plain, signed):
    assert budgets.bears(used, asked, 10) is plain
    assert budgets.bears(used, asked, 10, signed=True) is signed


@pytest.mark.parametrize(
    ("asked", "reason", "step"), [(3, 0, REASON), (4, 0, WAIT), (3, 3, TAP), (4, 3, WAIT)]
)
def test_offers_no_portion_that_would_not_be_enough(asked, reason, step):
    line = Line(budget=CLEAR, tier="", window=HOUR, used=10 + reason, whole=10, more=3, reason=reason)
    assert line.step_for(asked) == step


# --- at the edge -------------------------------------------------------------------------------------------------
def test_refuses_the_first_customer_beyond_the_budget_and_has_it_on_record(cast):
    allow(cast.at, hour=2)
    by, customers = cast.supervisor(), [cast.customer() for _ in range(3)]
    for customer in customers[:2]:
        show(cast, customer, by)
    start = last_event()
    found = refused(lambda: show(cast, customers[2], by))
    assert (found.step, found.line.used, found.line.allowed, found.line.window) == (REASON, 2, 2, HOUR)
    assert found.seconds == 3600
    assert kinds_since(start) == ["contact.opened", events.BUDGET_REFUSED.code]
    (seen,) = exposures_since(start, customers[2].ref)
    assert (seen.act, seen.level) == (exposed.REFUSED, 0)
    assert not SealedText.objects.filter(subject=customers[2].ref).exists(), "the reason went with the act"


def test_lets_a_customer_of_this_hour_be_shown_again(cast):
    allow(cast.at, hour=1)
    by, customer = cast.supervisor(), cast.customer()
    for _ in range(3):
        show(cast, customer, by)


@pytest.mark.parametrize(("window", "length"), [(HOUR, timedelta(hours=1)), (DAY, timedelta(days=1))])
def test_counts_to_the_second(cast, window, length):
    allow(cast.at, hour=1, day=1 if window == DAY else 50)
    by, first, second = cast.supervisor(), cast.customer(), cast.customer()
    saw(by, first, cast.at - length + SECOND)
    found = refused(lambda: show(cast, second, by))
    assert (found.line.window, found.seconds) == (window, 1)
    show(cast, second, by, at=cast.at + SECOND)


def test_counts_what_was_shown_or_left_in_a_file_and_not_what_was_used_or_open(cast):
    by = cast.supervisor()
    for act, level in (
        (exposed.USED, 3),
        (exposed.OPENED, 2),
        (exposed.REVEALED, 2),
        (exposed.EXPORTED, 2),
    ):
        saw(by, cast.customer(), cast.at, act=act, level=level)
    assert {line.used for line in counting.counted(by.id, by.roles, CLEAR, cast.at).lines} == {0}
    saw(by, cast.customer(), cast.at)
    saw(by, cast.customer(), cast.at, act=exposed.EXPORTED)
    found = counting.counted(by.id, by.roles, CLEAR, cast.at).lines
    assert [line.used for line in found if not line.tier] == [2, 2]


def test_counts_a_tier_by_itself(cast):
    allow(cast.at, tier="vip", hour=1)
    by, vips = cast.supervisor(), [cast.customer(tier="vip") for _ in range(2)]
    show(cast, vips[0], by)
    found = refused(lambda: show(cast, vips[1], by))
    assert (found.line.tier, found.line.used) == ("vip", 1)
    show(cast, cast.customer(), by)


def test_holds_each_role_to_its_own_budget(cast):
    allow(cast.at, role=HEAD, hour=1)
    head, supervisor = cast.person(HEAD), cast.supervisor()
    customers = [cast.customer() for _ in range(2)]
    for customer in customers:
        show(cast, customer, supervisor)
    show(cast, customers[0], head)
    refused(lambda: show(cast, customers[1], head))


def test_blocks_no_work_with_one_customer(cast):
    """S2-6: whatever is used up, a customer is opened, compared and left to the start page."""
    for budget in (CLEAR, LISTS):
        allow(cast.at, budget=budget, role=AGENT, hour=1, day=1)
    by, customer = cast.agent(), cast.customer()
    saw(by, cast.customer(), cast.at)
    lists(cast, by)
    refused(lambda: lists(cast, by))
    contact = contacts.touch(ref=customer.ref, by=by, at=cast.at)
    listing.open_card(customer, contact=contact, by=by, at=cast.at)
    assert compare.compare(customer.ref, "mobile", "15400000018", by=by, at=cast.at).right
    assert reveal.reveal(customer.ref, "full_name", by=by, at=cast.at).level == 2
    assert lists(cast, by, how="recent") == []


def test_counts_searches_and_lists_apart_from_values(cast):
    allow(cast.at, budget=LISTS, hour=2)
    by = cast.supervisor()
    for how in ("list", "search.mobile"):
        lists(cast, by, how=how)
    start = last_event()
    found = refused(lambda: lists(cast, by))
    assert (found.line.budget, found.line.used) == (LISTS, 2)
    assert kinds_since(start) == [events.BUDGET_REFUSED.code]
    show(cast, cast.customer(), by)


def test_counts_an_export_as_the_pages_that_it_holds(cast):
    allow(cast.at, budget=LISTS, hour=2)
    by, customers = cast.supervisor(), [cast.customer() for _ in range(26)]
    refs = [customer.ref for customer in customers]
    export.export_masked(refs, "csv", how="list", by=by, at=cast.at)
    (line,) = [one for one in counting.counted(by.id, by.roles, LISTS, cast.at).lines if one.window == HOUR]
    assert line.used == 2
    start = last_event()
    refused(lambda: export.export_masked(refs[:1], "csv", how="list", by=by, at=cast.at))
    assert kinds_since(start) == [events.BUDGET_REFUSED.code]


# --- more --------------------------------------------------------------------------------------------------------
def used_up(cast, *, hour=2):
    """A supervisor whose hour is used up, and a customer more."""
    allow(cast.at, hour=hour)
    by = cast.supervisor()
    for _ in range(hour):
        saw(by, cast.customer(), cast.at)
    return by, cast.customer()


def test_gives_a_portion_for_a_reason_once(cast):
    by, customer = used_up(cast)
    start = last_event()
    assert spending.give_reason(CLEAR, "  批量回访 ", by=by, at=cast.at) == 1
    assert kinds_since(start) == [events.BUDGET_EXTENDED.code]
    (portion,) = BudgetPortion.objects.all()
    assert (portion.window, portion.step, portion.rows, portion.by_id) == (HOUR, REASON, 1, by.id)
    show(cast, customer, by)
    assert refused(lambda: show(cast, cast.customer(), by)).step == TAP
    with pytest.raises(spending.NotExtended, match="ask_for_a_tap"):
        spending.give_reason(CLEAR, "再来", by=by, at=cast.at)


def test_seals_the_reason_for_whoever_answers_for_the_person(cast):
    by, _customer = used_up(cast)
    head = cast.person(HEAD)
    spending.give_reason(CLEAR, "批量回访", by=by, at=cast.at)
    (text,) = SealedText.objects.all()
    assert (text.id, text.readers) == (BudgetPortion.objects.get().reason, [head.id])
    assert "批量回访" not in text.sealed
    (event,) = Event.objects.filter(kind=events.BUDGET_EXTENDED.code)
    assert event.facts == {
        "budget": CLEAR,
        "person": str(by.id),
        "step": REASON,
        "windows": ["hour"],
        "more": [1],
        "reason": str(text.id),
    }


@pytest.mark.parametrize(
    ("reason", "code"),
    [("", "no_reason"), ("  ", "no_reason"), ("x" * 501, "too_long"), ("好", "not_needed")],
)
def test_gives_nothing_for_no_reason_nor_before_it_is_needed(cast, reason, code):
    by = cast.supervisor()
    with pytest.raises(spending.NotExtended, match=code):
        spending.give_reason(CLEAR, reason, by=by, at=cast.at)


def after_a_reason(cast):
    """A supervisor whom only a tap brings on, and the head who may tap."""
    by, customer = used_up(cast)
    head = cast.person(HEAD)
    spending.give_reason(CLEAR, "批量回访", by=by, at=cast.at)
    show(cast, customer, by)
    return by, head


def test_tells_whoever_answers_for_the_person_once_that_a_tap_waits(cast):
    by, head = after_a_reason(cast)
    for _ in range(2):
        refused(lambda: show(cast, cast.customer(), by))
    (told,) = Notification.objects.all()
    assert (told.person_id, told.code, told.link) == (head.id, "budget_tap_waits", "/budgets/")
    (waiting,) = team_budgets.taps_waiting(head, cast.at)
    assert (waiting.person, waiting.line.window) == (by.id, HOUR)


def test_goes_on_after_a_tap_and_then_stops_until_the_window_moves_on(cast):
    by, head = after_a_reason(cast)
    refused(lambda: show(cast, cast.customer(), by))
    start = last_event()
    assert spending.allow_more(by.id, CLEAR, by=head, at=cast.at) == 1
    assert kinds_since(start) == [events.BUDGET_EXTENDED.code]
    assert team_budgets.taps_waiting(head, cast.at) == []
    last = cast.customer()
    show(cast, last, by)
    found = refused(lambda: show(cast, cast.customer(), by))
    assert (found.step, found.line.used, found.line.allowed) == (WAIT, 4, 4)
    for more in (
        lambda: spending.allow_more(by.id, CLEAR, by=head, at=cast.at),
        lambda: spending.give_reason(CLEAR, "再来", by=by, at=cast.at),
    ):
        with pytest.raises(spending.NotExtended, match="wait"):
            more()
    an_hour_on = cast.at + timedelta(hours=1)
    refused(lambda: show(cast, cast.customer(), by, at=an_hour_on - SECOND))
    show(cast, cast.customer(), by, at=an_hour_on)


def test_lets_a_portion_end_with_its_window(cast):
    by, _customer = used_up(cast)
    spending.give_reason(CLEAR, "批量回访", by=by, at=cast.at)
    for moment, reason in ((timedelta(hours=1) - SECOND, 1), (timedelta(hours=1), 0)):
        found = counting.counted(by.id, by.roles, CLEAR, cast.at + moment).lines
        assert [line.reason for line in found if (line.tier, line.window) == ("", HOUR)] == [reason]


def test_extends_the_window_that_is_short_and_no_other(cast):
    by, _customer = used_up(cast)
    spending.give_reason(CLEAR, "批量回访", by=by, at=cast.at)
    found = counting.counted(by.id, by.roles, CLEAR, cast.at).lines
    assert {(line.tier, line.window): line.reason for line in found if line.reason} == {("", HOUR): 1}


def test_takes_a_tap_only_from_whoever_answers_for_the_person(cast):
    by, _head = after_a_reason(cast)
    for other, code in (
        (cast.agent(), "not_allowed"),
        (cast.officer(), "not_allowed"),
        (by, "nobodys"),
        (cast.person(HEAD, department="south"), "nobodys"),
    ):
        with pytest.raises(spending.NotExtended, match=code):
            spending.allow_more(by.id, CLEAR, by=other, at=cast.at)


def test_takes_no_tap_before_the_persons_own_reason(cast):
    by, _customer = used_up(cast)
    with pytest.raises(spending.NotExtended, match="not_needed"):
        spending.allow_more(by.id, CLEAR, by=cast.person(HEAD), at=cast.at)


def test_shows_a_leader_the_budgets_near_their_end(cast):
    allow(cast.at, role=AGENT, hour=5)
    allow(cast.at, role=AGENT, budget=LISTS, hour=5)
    supervisor, agent, idle = cast.supervisor(), cast.agent(), cast.agent()
    foreign = cast.agent(department="south", serves="south")
    for by, number in ((agent, 4), (idle, 3), (foreign, 5)):
        for _ in range(number):
            saw(by, cast.customer(), cast.at)
            lists(cast, by)
    near = team_budgets.near_their_end(supervisor, cast.at)
    assert [(one.person, one.line.budget, one.line.used) for one in near] == [
        (agent.id, CLEAR, 4),
        (agent.id, LISTS, 4),
    ]
    assert team_budgets.near_their_end(agent, cast.at) == []


# --- changing ----------------------------------------------------------------------------------------------------
TIGHTER = {
    "budget": CLEAR,
    "role": AGENT,
    "tier": "",
    "per_hour": 5,
    "per_day": 20,
    "more_hour": 1,
    "more_day": 2,
}


def sign(proposal, signer, at):
    return approvals.approve(proposal.id, seen_hash=proposal.content_hash, by=signer, at=at)


def test_supersedes_a_budget_by_two_signatures(cast):
    manager, officer = cast.person(SECURITY), cast.officer()
    proposal = spending.propose_change(TIGHTER, reason="收紧", by=manager, at=cast.at)
    start = last_event()
    sign(proposal, officer, cast.at)
    assert events.BUDGET_CHANGED.code in kinds_since(start)
    old, new = RowBudget.objects.filter(code="clear-agent").order_by("number")
    assert (old.until, old.per_hour, new.number, new.per_hour, new.proposal) == (
        cast.at,
        60,
        2,
        5,
        proposal.id,
    )
    agent = cast.agent()
    found = counting.counted(agent.id, agent.roles, CLEAR, cast.at).lines
    assert found[0].whole == 5


def test_carries_out_one_of_two_proposals_about_one_budget(cast):
    manager, officer = cast.person(SECURITY), cast.officer()
    one = spending.propose_change(TIGHTER, reason="", by=manager, at=cast.at)
    other = spending.propose_change(TIGHTER | {"per_hour": 6}, reason="", by=manager, at=cast.at)
    sign(one, officer, cast.at)
    with pytest.raises(approvals.NotSigned, match="cannot_apply"):
        sign(other, officer, cast.at)


def test_ends_a_budget_of_a_tier_and_never_one_for_all(cast):
    manager, officer = cast.person(SECURITY), cast.officer()
    end = {"budget": CLEAR, "role": AGENT, "tier": "vip", "end": True}
    sign(spending.propose_change(end, reason="", by=manager, at=cast.at), officer, cast.at)
    assert "clear-agent-vip" not in {row.code for row in counting.in_force(cast.at)}
    with pytest.raises(CannotApply, match="budget_needed"):
        spending.propose_change(end | {"tier": ""}, reason="", by=manager, at=cast.at)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"per_hour": 0}, "budget_bad"),
        ({"per_day": 4}, "budget_bad"),
        ({"more_day": 0}, "budget_bad"),
        ({"role": "king"}, "budget_bad"),
        ({"budget": LISTS, "tier": "vip"}, "budget_bad"),
        ({"tier": "gold"}, "budget_bad"),
        ({"per_hour": 60, "per_day": 400, "more_hour": 20, "more_day": 100}, "nothing_changes"),
    ],
)
def test_refuses_a_change_that_makes_no_sense(cast, change, code):
    manager = cast.person(SECURITY)
    cast.officer()
    with pytest.raises(CannotApply, match=code):
        spending.propose_change(TIGHTER | change, reason="", by=manager, at=cast.at)


@pytest.mark.parametrize("role", [AGENT, SUPERVISOR, HEAD, OFFICER])
def test_takes_proposals_from_the_security_manager_only(cast, role):
    with pytest.raises(NotAllowed):
        spending.propose_change(TIGHTER, reason="", by=cast.person(role), at=cast.at)


def test_shows_the_change_as_a_difference(cast):
    lines = proposals.describe(proposals.content_of(TIGHTER, cast.at))
    assert ("60", "5") in {(str(line.before), str(line.after)) for line in lines}


# --- many at once ------------------------------------------------------------------------------------------------
@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_never_shows_more_than_allowed_to_many_at_once(cast):
    allow(cast.at, hour=3)
    allow(cast.at, budget=LISTS, hour=3)
    by, customers = cast.supervisor(), [cast.customer() for _ in range(10)]
    for customer in customers:
        contacts.touch(ref=customer.ref, by=by, at=cast.at)
    start, together = last_event(), Barrier(10)

    def work(place):
        together.wait()
        try:
            # The clocks of requests differ, and whoever waited is not let by.
            at = cast.at + timedelta(milliseconds=place)
            shown = []
            for act in (
                lambda: reveal.reveal(customers[place].ref, "mobile", reason="核实", by=by, at=at),
                lambda: listing.list_page([], how="list", page=1, by=by, at=at),
            ):
                try:
                    act()
                    shown.append(True)
                except spending.OverBudget:
                    shown.append(False)
            return shown
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(work, range(10)))
    assert [sum(column) for column in zip(*found, strict=True)] == [3, 3]
    kinds = kinds_since(start)
    assert (kinds.count("field.revealed"), kinds.count("customer.listed")) == (3, 3)
    assert kinds.count(events.BUDGET_REFUSED.code) == 14
