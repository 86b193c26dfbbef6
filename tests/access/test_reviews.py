"""The permission review: what is frozen, who decides, what silence does at the second, and that it is really gone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from access.grants import Granting
from access.models import PermissionReview, ReviewItem, UsageRequest
from access.models.reviews import CLOSED, KEEP, LAPSED, NARROW, OPEN, REVOKE
from access.queries.requests import with_state
from access.reviewed import KINDS
from access.reviewed.freezing import (
    CONFLICT,
    LEAVER,
    MOVER,
    NEW,
    ORPHAN,
    RARE,
    UNUSED,
    _of_the_right,
    population,
)
from access.services import review_decisions, review_endings, reviews, rights
from access.services.review_decisions import Answer, NotDecided, decide, is_easy, keep_together
from access.tasks import tend_reviews
from approvals import services as approvals
from customers.models import PortfolioPersonPermission
from customers.queries import page, person_serves, visible_to
from customers.services import placing
from staff import queries
from staff.models import Freeze, Headship, Notification, Person, RoleHolding
from staff.roles import AGENT, AUDITOR, HEAD, OFFICER, SECURITY, SUPERVISOR
from staff.services import people
from staff.signers import signers
from staff.step_up import StepUpNeeded
from tests.access.cast import JOINED, Cast, kinds_since, last_event, later
from tests.access.requesting import Office
from trail import services as trail
from trail.actor import Actor
from trail.exposed import Exposed

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

SYSTEM = Actor.system("access.review")
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


class Quarter:
    """A north with an agent, a supervisor and a head, above them officers and the security manager."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.at = cast, cast.at
        self.head, self.agent = cast.person(HEAD), cast.agent()
        self.supervisor, self.security = cast.supervisor(), cast.person(SECURITY)
        self.officer = cast.officer(department="south")
        self.deadline = self.at + 14 * DAY

    def start(self) -> PermissionReview:
        return reviews.start(deadline=self.deadline, by=self.security, at=self.at)

    def item(self, actor, kind: str = "role", which: str = "") -> ReviewItem:
        found = ReviewItem.objects.filter(person_id=actor.id, kind=kind)
        return (found.filter(which=which) if which else found).select_related("review", "person").get()

    def decide(
        self, item: ReviewItem, decision: str, *, by: Actor | None = None, at=None, until=None
    ) -> None:
        said = Answer(decision=decision, until=until)
        decide(item.pk, said, by=by or self.head, at=at or self.at + SECOND)

    def use(self, actor: Actor, times: int = 1, *, ago: timedelta = DAY) -> None:
        """Let a person have seen a customer of the north."""
        customer = self.cast.customer()
        seen = Exposed(customer.ref, "opened", portfolio="north", region="north")
        for _ in range(times):
            trail.record(
                trail_kind("customer.opened"),
                by=actor,
                at=self.at - ago,
                facts={"held": []},
                exposures=[seen],
            )


def trail_kind(code: str):
    from trail import vocabulary

    return vocabulary.get(code)


@pytest.fixture
def quarter(cast: Cast) -> Quarter:
    return Quarter(cast)


def roles(actor: Actor, at) -> frozenset[str]:
    assert actor.id is not None
    return queries.roles_of(actor.id, at)


def test_freezes_every_right_that_is_live(quarter) -> None:
    start = last_event()
    review = quarter.start()
    held = set(review.items.values_list("person__number", "kind", "which"))
    assert held == {
        (quarter.head.number, "headship", "north"),
        (quarter.agent.number, "role", AGENT),
        (quarter.agent.number, "portfolio", "north"),
        (quarter.supervisor.number, "role", SUPERVISOR),
        (quarter.security.number, "role", SECURITY),
        (quarter.officer.number, "role", OFFICER),
    }
    assert kinds_since(start) == ["review.started"]
    assert {item.state(quarter.at) for item in review.items.all()} == {OPEN}
    told = Notification.objects.filter(code="review_started").values_list("person_id", "params__items")
    assert set(told) == {(quarter.head.id, 5), (quarter.officer.id, 1)}


def test_takes_in_single_customers(quarter) -> None:
    customer = quarter.cast.customer(portfolio="south")
    placing.assign(ref=customer.ref, person=quarter.agent.id, by=quarter.head, at=quarter.at)
    quarter.start()
    assert quarter.item(quarter.agent, "customer").which == str(customer.ref)
    assert NEW in quarter.item(quarter.agent, "customer").marks


def test_asks_the_same_few_questions_however_many_rights_there_are(quarter) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen, transaction.atomic():
            quarter.start()
            transaction.set_rollback(True)
        return len(seen.captured_queries)

    few = asked()
    for _ in range(20):
        quarter.cast.agent()
    assert asked() == few


def test_is_started_by_the_security_manager_alone_and_with_a_fresh_factor(quarter) -> None:
    for by in (quarter.head, quarter.officer, quarter.agent):
        with pytest.raises(reviews.NotAllowed):
            reviews.start(deadline=quarter.deadline, by=by, at=quarter.at)
    with pytest.raises(StepUpNeeded):
        reviews.start(deadline=quarter.deadline, by=later(quarter.security, 3600), at=quarter.at)


@pytest.mark.parametrize(("days", "why"), [(1, "too_short"), (61, "too_long")])
def test_leaves_time_to_decide(quarter, days: int, why: str) -> None:
    with pytest.raises(reviews.CannotStart, match=why):
        reviews.start(deadline=quarter.at + days * DAY, by=quarter.security, at=quarter.at)


def test_runs_one_at_a_time(quarter) -> None:
    quarter.start()
    with pytest.raises(reviews.CannotStart, match="running"):
        reviews.start(deadline=quarter.deadline + DAY, by=quarter.security, at=quarter.at + SECOND)
    assert reviews.start_quarterly(by=SYSTEM, at=quarter.at + DAY) is None


def test_the_schedule_starts_one_of_two_weeks(quarter) -> None:
    review = reviews.start_quarterly(by=SYSTEM, at=quarter.at)
    assert review is not None
    assert review.deadline == quarter.deadline


# --- what is odd about a right -----------------------------------------------------------------------------------
def test_counts_use_and_compares_it_with_the_others(quarter) -> None:
    busy, rare, idle = (quarter.cast.agent() for _ in range(3))
    quarter.use(busy, 30)
    quarter.use(quarter.agent, 20)
    quarter.use(rare, 1)
    quarter.use(quarter.cast.agent(), 20)
    quarter.start()
    portfolio = quarter.item(quarter.agent, "portfolio")
    assert (portfolio.uses, portfolio.peer_uses, portfolio.last_used_at) == (20, 20, quarter.at - DAY)
    assert quarter.item(quarter.agent).uses == 20
    assert portfolio.marks == []
    assert quarter.item(rare, "portfolio").marks == [RARE]
    assert quarter.item(idle, "portfolio").marks == [UNUSED]


def test_points_out_who_moved_left_and_no_longer_fits(quarter) -> None:
    at, cast = quarter.at, quarter.cast
    moved, gone, misplaced, fresh = (cast.agent() for _ in range(4))
    Person.objects.filter(pk=moved.id).update(moved_at=at - DAY)
    Person.objects.filter(pk=gone.id).update(valid_until=at - DAY)
    cast.give(Person.objects.get(pk=misplaced.id), "south")
    RoleHolding.objects.filter(person_id=fresh.id).update(since=at - DAY)
    quarter.start()
    assert quarter.item(moved).marks == [MOVER, UNUSED]
    assert quarter.item(gone, "portfolio").marks == [LEAVER, UNUSED]
    assert quarter.item(misplaced, "portfolio", "south").marks == [ORPHAN, UNUSED]
    assert quarter.item(fresh).marks == [NEW, UNUSED]


def test_points_out_a_portfolio_whose_holder_is_no_agent_any_more(quarter) -> None:
    RoleHolding.objects.filter(person_id=quarter.agent.id).update(until=quarter.at)
    quarter.start()
    assert quarter.item(quarter.agent, "portfolio").marks == [ORPHAN, UNUSED]


def test_points_out_roles_that_exclude_each_other(quarter) -> None:
    # The database refuses such a pair, so the people of this population are made up.
    review = PermissionReview(started_at=quarter.at, deadline=quarter.deadline, used_since=quarter.at - DAY)
    among, id = population(quarter.at), quarter.agent.id
    assert id is not None
    both = replace(among, roles={id: frozenset({AGENT, AUDITOR})})
    (right,) = (one for one in KINDS["role"].live(among) if one.person == id)
    assert list(_of_the_right(KINDS["role"], right, review, among, 1, None)) == []
    assert list(_of_the_right(KINDS["role"], right, review, both, 1, None)) == [CONFLICT]


# --- who decides -------------------------------------------------------------------------------------------------
def test_a_kept_right_goes_on_after_the_deadline(quarter) -> None:
    quarter.start()
    start = last_event()
    quarter.decide(quarter.item(quarter.agent), KEEP)
    quarter.decide(quarter.item(quarter.agent, "portfolio"), KEEP)
    assert kinds_since(start) == ["review.decided", "review.decided"]
    assert roles(quarter.agent, quarter.deadline + DAY) == {AGENT}
    assert person_serves(quarter.agent.id, quarter.deadline + DAY).exists()
    item = quarter.item(quarter.agent)
    assert (item.decision, item.decided_by_number) == (KEEP, quarter.head.number)
    assert (item.ended_at, item.verified_at) == (None, None)


def test_a_revoked_right_ends_with_the_next_request(quarter) -> None:
    quarter.start()
    start, at = last_event(), quarter.at + SECOND
    quarter.decide(quarter.item(quarter.agent, "portfolio"), REVOKE, at=at)
    quarter.decide(quarter.item(quarter.agent), REVOKE, at=at)
    assert kinds_since(start) == ["portfolio.taken", "review.decided", "staff.role_taken", "review.decided"]
    assert roles(quarter.agent, at) == frozenset()
    assert not person_serves(quarter.agent.id, at).exists()


def test_a_narrowed_right_ends_on_its_day(quarter) -> None:
    quarter.start()
    until = quarter.deadline + 30 * DAY
    for kind in ("role", "portfolio"):
        quarter.decide(quarter.item(quarter.agent, kind), NARROW, until=until)
    assert roles(quarter.agent, until - SECOND) == {AGENT}
    assert roles(quarter.agent, until) == frozenset()
    assert person_serves(quarter.agent.id, until - SECOND).exists()
    assert not person_serves(quarter.agent.id, until).exists()


@pytest.mark.parametrize(("days", "why"), [(0, "no_end"), (400, "end_too_far")])
def test_a_narrowed_right_needs_a_sound_end(quarter, days: int, why: str) -> None:
    quarter.start()
    with pytest.raises(NotDecided, match=why):
        quarter.decide(quarter.item(quarter.agent), NARROW, until=quarter.at + days * DAY)


def test_nobody_decides_about_an_own_right_or_about_others_people(quarter) -> None:
    quarter.start()
    south = quarter.cast.person(HEAD, department="south")
    headship, role = quarter.item(quarter.head, "headship"), quarter.item(quarter.agent)
    for by, item in (
        (quarter.head, headship),
        (south, role),
        (quarter.officer, role),
        (quarter.security, role),
        (quarter.agent, role),
    ):
        with pytest.raises(NotDecided, match="not_yours"):
            quarter.decide(item, KEEP, by=by)
    quarter.decide(headship, KEEP, by=quarter.officer)


def test_the_database_holds_that_nobody_decides_about_themselves(quarter) -> None:
    quarter.start()
    with pytest.raises(DatabaseError, match="nobody decides about an own right"), transaction.atomic():
        ReviewItem.objects.filter(person_id=quarter.agent.id).update(
            decision=KEEP, decided_at=quarter.at, event=1, decided_by_id=quarter.agent.id
        )


def test_wants_a_fresh_second_factor(quarter) -> None:
    quarter.start()
    stale = later(quarter.head, 3600)
    with pytest.raises(StepUpNeeded):
        quarter.decide(quarter.item(quarter.agent), KEEP, by=stale)
    with pytest.raises(StepUpNeeded):
        keep_together([quarter.item(quarter.agent).pk], by=stale, at=quarter.at)


def test_what_was_decided_stays(quarter) -> None:
    quarter.start()
    item = quarter.item(quarter.agent)
    quarter.decide(item, KEEP)
    with pytest.raises(NotDecided, match="decided"):
        quarter.decide(item, REVOKE)
    for change in ({"decision": REVOKE}, {"uses": 7}, {"until": quarter.deadline}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ReviewItem.objects.filter(pk=item.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReviewItem.objects.filter(pk=item.pk).delete()


def test_a_right_that_ended_otherwise_is_not_decided_about(quarter) -> None:
    quarter.start()
    people.take_role(quarter.agent.id, AGENT, by=quarter.security, at=quarter.at)
    with pytest.raises(NotDecided, match="gone"):
        quarter.decide(quarter.item(quarter.agent), KEEP)


# --- several at once ---------------------------------------------------------------------------------------------
def test_keeps_together_what_is_unchanged_and_lately_used(quarter) -> None:
    quarter.use(quarter.agent)
    quarter.start()
    items = [quarter.item(quarter.agent), quarter.item(quarter.agent, "portfolio")]
    assert all(is_easy(item) for item in items)
    start = last_event()
    assert keep_together([item.pk for item in items], by=quarter.head, at=quarter.at + SECOND) == 2
    assert kinds_since(start) == ["review.decided", "review.decided"]
    assert roles(quarter.agent, quarter.deadline) == {AGENT}


def test_keeps_nothing_together_with_what_has_to_be_looked_at(quarter) -> None:
    quarter.use(quarter.agent)
    quarter.use(quarter.supervisor, ago=31 * DAY)
    quarter.start()
    both = [quarter.item(quarter.agent).pk, quarter.item(quarter.supervisor).pk]
    with pytest.raises(NotDecided, match="look_at_each"):
        keep_together(both, by=quarter.head, at=quarter.at)
    assert not ReviewItem.objects.exclude(decision="").exists()


def test_whoever_moved_since_has_to_be_looked_at(quarter) -> None:
    quarter.use(quarter.agent)
    quarter.start()
    Person.objects.filter(pk=quarter.agent.id).update(moved_at=quarter.at)
    assert not is_easy(quarter.item(quarter.agent))


# --- silence -----------------------------------------------------------------------------------------------------
def test_silence_ends_a_right_at_the_second_whether_or_not_anything_ran(quarter) -> None:
    customer = quarter.cast.customer()
    placing.assign(
        ref=quarter.cast.customer(portfolio="south").ref,
        person=quarter.agent.id,
        by=quarter.head,
        at=quarter.at,
    )
    quarter.start()
    before, then = quarter.deadline - SECOND, quarter.deadline
    assert roles(quarter.agent, before) == {AGENT}
    assert roles(quarter.agent, then) == frozenset()
    assert roles(quarter.head, before) == {HEAD}
    assert roles(quarter.head, then) == frozenset()
    for at, roles_held in ((before, frozenset({AGENT})), (then, frozenset())):
        standing = queries.standing(quarter.agent.id, at)
        assert standing is not None
        assert standing.roles == roles_held
        head = queries.standing(quarter.head.id, at)
        assert head is not None
        assert head.roles == ({HEAD} if at == before else frozenset())
    assert queries.holders_of(AGENT, then) == frozenset()
    assert queries.heads(then) == frozenset()
    # Even an actor who still claims the roles reaches nobody through what has lapsed.
    assert visible_to(quarter.agent, before).count() == 2
    assert len(page(quarter.agent, before).rows) == 2
    assert visible_to(quarter.agent, then).count() == 0
    assert page(quarter.agent, then).rows == []
    assert visible_to(quarter.head, before).filter(pk=customer.pk).exists()
    assert not visible_to(quarter.head, then).exists()
    assert quarter.item(quarter.agent).state(then) == LAPSED


def test_nobody_decides_at_the_deadline_or_after(quarter) -> None:
    quarter.start()
    quarter.decide(quarter.item(quarter.head, "headship"), KEEP, by=quarter.officer)
    for item in (quarter.item(quarter.agent), quarter.item(quarter.supervisor)):
        with pytest.raises(NotDecided, match="over"):
            quarter.decide(item, KEEP, by=later(quarter.head, -14 * 86400), at=quarter.deadline)


def test_warns_twice(quarter) -> None:
    quarter.start()
    quarter.decide(quarter.item(quarter.agent), KEEP)
    start = last_event()
    for days in (6, 7, 8, 11.9, 12, 13):
        reviews.warn(by=SYSTEM, at=quarter.at + days * DAY)
    assert kinds_since(start) == ["review.warned", "review.warned"]
    told = Notification.objects.filter(code="review_ends", person_id=quarter.head.id)
    assert [(note.params["items"], note.created_at) for note in told.order_by("created_at")] == [
        (4, quarter.at + 7 * DAY),
        (4, quarter.at + 12 * DAY),
    ]


def test_takes_away_what_lapsed_and_asks_the_policy_whether_it_is_gone(quarter) -> None:
    review = quarter.start()
    quarter.decide(quarter.item(quarter.supervisor), KEEP)
    quarter.decide(quarter.item(quarter.security), KEEP)
    quarter.decide(quarter.item(quarter.agent), REVOKE)
    then = quarter.deadline + SECOND
    start = last_event()
    assert review_endings.close(by=SYSTEM, at=then) == []
    assert review_endings.end_lapsed(by=SYSTEM, at=then) == 3
    assert kinds_since(start).count("review.lapsed") == 3
    assert RoleHolding.objects.get(person_id=quarter.officer.id).until == quarter.deadline
    assert Headship.objects.get(person_id=quarter.head.id).until == quarter.deadline
    assert not PortfolioPersonPermission.objects.filter(user_id=quarter.agent.id).exists()
    assert review_endings.verify(by=SYSTEM, at=then) == 0
    (closed,) = review_endings.close(by=SYSTEM, at=then)
    assert closed == review
    facts = trail_facts("review.closed")
    assert facts == {
        "review": str(review.pk),
        "confirmed": 2,
        "narrowed": 0,
        "revoked": 1,
        "lapsed": 3,
        "ended": 0,
    }
    assert {item.verified_at for item in review.items.filter(decision="")} == {then}
    start = last_event()
    assert (review_endings.end_lapsed(by=SYSTEM, at=then), review_endings.close(by=SYSTEM, at=then)) == (
        0,
        [],
    )
    assert kinds_since(start) == []


def trail_facts(kind):
    from trail.models import Event

    return Event.objects.filter(kind=kind).latest("id").facts


def test_says_loudly_when_a_right_is_still_given(quarter) -> None:
    quarter.start()
    item = quarter.item(quarter.agent)
    quarter.decide(item, REVOKE)
    RoleHolding.objects.filter(pk=int(item.key)).update(until=None, lapses_at=None)
    start, then = last_event(), quarter.at + DAY
    assert review_endings.verify(by=SYSTEM, at=then) == 1
    assert kinds_since(start) == ["review.still_given"]
    assert quarter.item(quarter.agent).verified_at is None


def test_a_job_killed_between_two_items_goes_on_with_the_rest(quarter, monkeypatch) -> None:
    quarter.start()
    then = quarter.deadline + SECOND
    done: list[int] = []
    real = review_endings._end

    def killed(id, by, at):
        if done:
            raise KeyboardInterrupt
        done.append(id)
        return real(id, by, at)

    monkeypatch.setattr(review_endings, "_end", killed)
    with pytest.raises(KeyboardInterrupt):
        review_endings.end_lapsed(by=SYSTEM, at=then)
    monkeypatch.undo()
    assert review_endings.end_lapsed(by=SYSTEM, at=then) == 5
    assert not ReviewItem.objects.to_end(then).exists()


def test_the_task_does_nothing_before_anything_is_due(quarter) -> None:
    quarter.start()
    start = last_event()
    tend_reviews()
    assert kinds_since(start) == []


# --- what happens beside a review --------------------------------------------------------------------------------
def test_what_lapsed_can_be_given_anew_before_the_job_ran(quarter) -> None:
    quarter.start()
    for who in (quarter.head, quarter.security):
        kind = "headship" if who is quarter.head else "role"
        quarter.decide(
            quarter.item(who, kind), KEEP, by=quarter.officer if who is quarter.head else quarter.head
        )
    then = quarter.deadline + SECOND
    head, security = later(quarter.head, -15 * 86400), later(quarter.security, -15 * 86400)
    for propose in (
        lambda: rights.propose_role(person=quarter.agent.id, role=AGENT, reason="x", by=security, at=then),
        lambda: rights.propose_portfolio(
            person=quarter.agent.id, portfolio="north", reason="x", by=security, at=then
        ),
    ):
        proposal = propose()
        approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=head, at=then)
    review_endings.end_lapsed(by=SYSTEM, at=then + SECOND)
    assert roles(quarter.agent, then + SECOND) == {AGENT}
    assert person_serves(quarter.agent.id, then + SECOND).exists()
    assert review_endings.verify(by=SYSTEM, at=then + SECOND) == 0


def test_a_leavers_items_are_closed(quarter) -> None:
    quarter.start()
    start = last_event()
    rights.leave(quarter.agent.id, by=quarter.security, at=quarter.at + SECOND)
    assert kinds_since(start) == ["staff.left", "portfolio.taken", "review.items_closed"]
    assert set(ReviewItem.objects.filter(person_id=quarter.agent.id).values_list("decision", flat=True)) == {
        CLOSED
    }
    assert review_endings.verify(by=SYSTEM, at=quarter.at + DAY) == 0


def test_signers_of_many_are_those_of_each(quarter) -> None:
    cast, at = quarter.cast, quarter.at
    cast.person(HEAD, department="south")
    second = cast.person(HEAD)
    root = cast.departments["north"].parent
    above = cast.person(AUDITOR)
    Headship.objects.create(department=root, person_id=second.id, since=JOINED)
    Freeze.objects.create(person_id=quarter.head.id, at=at, by_number="x")
    assert above.id is not None
    who = signers(at)
    for person in Person.objects.all():
        assert who.for_person(person.pk, person.department_id) == queries.signers_for_person(person, at)


def test_the_first_head_reviews_the_only_officer(quarter) -> None:
    quarter.start()
    own = quarter.item(quarter.officer)
    with pytest.raises(NotDecided, match="not_yours"):
        quarter.decide(own, KEEP, by=quarter.officer)
    quarter.decide(own, KEEP)
    assert own.person_id not in signers(quarter.at).reviewing(own.person_id, own.department_id)


def test_answers_that_are_no_decision_are_refused(quarter) -> None:
    quarter.start()
    with pytest.raises(NotDecided):
        quarter.decide(quarter.item(quarter.agent), CLOSED)
    with pytest.raises(NotDecided):
        keep_together([], by=quarter.head, at=quarter.at)
    assert review_decisions.close_ended(quarter.agent.id, by=quarter.security, at=quarter.at) == 0


# --- usage grants ------------------------------------------------------------------------------------------------
@pytest.fixture
def granted(cast: Cast) -> tuple[Office, UsageRequest]:
    """A grant that outlives the review, asked by somebody whom the head of the north reviews."""
    firm = Office(cast)
    ends = cast.at + 90 * DAY
    return firm, firm.granted(firm.customer(), ends_at=ends)


def worth(row: UsageRequest, at) -> str:
    return with_state([row], at)[0].state


def reviewed(firm: Office, at) -> ReviewItem:
    security = firm.cast.person(SECURITY)
    reviews.start(deadline=at + 14 * DAY, by=security, at=at)
    return ReviewItem.objects.get(kind="grant")


def test_silence_ends_a_grant_at_the_second(granted) -> None:
    firm, row = granted
    item = reviewed(firm, firm.at)
    deadline = firm.at + 14 * DAY
    assert (item.which, item.person_id) == (str(row.pk), firm.asker.id)
    assert worth(row, deadline - SECOND) == Granting.LIVE
    assert worth(row, deadline) == Granting.ENDED
    review_endings.end_lapsed(by=SYSTEM, at=deadline)
    assert review_endings.verify(by=SYSTEM, at=deadline) == 0


@pytest.mark.parametrize(
    ("decision", "days", "then", "after"),
    [
        (KEEP, 0, Granting.LIVE, Granting.LIVE),
        (REVOKE, 0, Granting.ENDED, Granting.ENDED),
        (NARROW, 20, Granting.LIVE, Granting.ENDED),
    ],
)
def test_a_grant_is_kept_narrowed_or_revoked(granted, decision, days, then, after) -> None:
    firm, row = granted
    item = reviewed(firm, firm.at)
    until = firm.at + days * DAY if days else None
    decide(item.pk, Answer(decision=decision, until=until), by=firm.head, at=firm.at)
    assert worth(row, firm.at + SECOND) == then
    assert worth(row, firm.at + 20 * DAY) == after


def test_a_leavers_grant_is_closed(granted) -> None:
    firm, _row = granted
    item = reviewed(firm, firm.at)
    assert firm.asker.id is not None
    rights.leave(firm.asker.id, by=firm.cast.person(SECURITY), at=firm.at + SECOND)
    item.refresh_from_db()
    assert item.decision == CLOSED
