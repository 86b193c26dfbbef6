"""What a change of a rule would do, before it is signed: who gains, who loses, and last month's reads replayed."""

from datetime import timedelta

import pytest

from access.policy import CLEAR, HIDDEN, MASKED, VIEWS
from access.queries import replay
from access.queries.effect import Effect, effect_of
from access.services import reveal as revealing
from access.services.rules import content_of
from customers.services import contacts
from staff.acting import person_of
from staff.models import RoleHolding
from tests.access.cast import JOINED, Cast
from trail.actor import Actor

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
REASON = [["contact", "reason"], ["grant"]]


def change(cast: Cast, **more) -> dict:
    asked = {"role": "supervisor", "level": 3, "view": MASKED, "clear_when": [["grant"]], "clause": "S2-25"}
    return content_of(asked | more, cast.at)


def read(by: Actor, customer, at, *, reason: str = "") -> bool:
    """Ask for the mobile number inside a contact; return whether it was shown."""
    contacts.touch(ref=customer.ref, by=by, at=at)
    try:
        revealing.reveal(customer.ref, "mobile", reason=reason, by=by, at=at)
    except revealing.Refused:
        return False
    return True


def of_role(found: Effect, role: str):
    return next(one for one in found.reads.by_roles if one.roles == frozenset({role}))


def test_says_who_loses_and_in_which_situation(cast: Cast) -> None:
    cast.supervisor(), cast.supervisor(department="south"), cast.agent()
    found = effect_of(change(cast), cast.at)
    (concerned,) = found.concerned
    assert (concerned.roles, concerned.people) == (frozenset({"supervisor"}), 2)
    assert (found.gaining, found.losing) == (0, 2)
    assert {(case.needs, case.before, case.after) for case in concerned.cases} == {
        (frozenset({"contact", "reason"}), CLEAR, MASKED),
        (frozenset({"contact", "reason", "consent"}), CLEAR, MASKED),
    }


def test_says_who_gains(cast: Cast) -> None:
    cast.officer()
    found = effect_of(change(cast, role="officer", clear_when=REASON), cast.at)
    assert (found.gaining, found.losing) == (1, 0)


def test_says_that_nobody_is_concerned(cast: Cast) -> None:
    found = effect_of(change(cast, role="analyst", view=HIDDEN, clear_when=[]), cast.at)
    assert (found.concerned, found.reads.by_roles, found.reads.reads) == ((), (), 0)


def test_a_person_of_two_roles_keeps_what_the_other_gives(cast: Cast) -> None:
    both = cast.supervisor()
    RoleHolding.objects.create(person=person_of(both), role="agent", since=JOINED)
    (concerned,) = effect_of(change(cast), cast.at).concerned
    assert concerned.roles == frozenset({"supervisor", "agent"})
    assert {case.needs for case in concerned.cases} == {frozenset({"contact", "reason"})}


def test_tells_tiers_and_zones_apart_where_rules_do(cast: Cast) -> None:
    cast.supervisor()
    (concerned,) = effect_of(change(cast, clear_when=REASON, highest_tier="premium"), cast.at).concerned
    assert {case.tier for case in concerned.cases} == {"vip"}
    (concerned,) = effect_of(change(cast, zone="office", view=HIDDEN, clear_when=[]), cast.at).concerned
    assert {case.zone for case in concerned.cases} == {"office"}


def test_the_end_of_a_rule_hides(cast: Cast) -> None:
    cast.supervisor()
    (concerned,) = effect_of(change(cast, end=True), cast.at).concerned
    assert {case.after for case in concerned.cases} == {HIDDEN}


def test_replays_last_months_reads(cast: Cast) -> None:
    supervisor, agent, customer = cast.supervisor(), cast.agent(), cast.customer()
    assert read(supervisor, customer, cast.at, reason="来电核对")
    assert not read(agent, customer, cast.at)
    found = effect_of(change(cast), cast.at)
    assert found.reads.reads == 2
    lost = of_role(found, "supervisor")
    assert (lost.every, lost.refused) == (1, 1)
    assert of_role(found, "agent").same == 1
    opened = effect_of(change(cast, role="agent", view=CLEAR, clear_when=[]), cast.at)
    assert of_role(opened, "agent").opened == 1
    assert of_role(opened, "supervisor").same == 1


def test_counts_what_nobody_can_tell(cast: Cast) -> None:
    """A read on a reason leaves open what the customer's consent would have said."""
    assert read(cast.supervisor(), cast.customer(), cast.at, reason="来电核对")
    found = effect_of(change(cast, clear_when=[["contact", "consent"]]), cast.at)
    assert of_role(found, "supervisor").unknown == 1


def test_counts_reads_under_other_rules_apart(cast: Cast) -> None:
    from access.models import ReadingRule

    assert read(cast.supervisor(), cast.customer(), cast.at, reason="来电核对")
    ReadingRule.objects.filter(code="supervisor-l3").update(until=cast.at)
    new = ReadingRule.objects.get(code="supervisor-l3")
    ReadingRule.objects.create(
        code=new.code, number=2, role=new.role, level=3, view=HIDDEN, clause="S0-27", since=cast.at
    )
    assert of_role(effect_of(change(cast), cast.at), "supervisor").otherwise == 1


def test_looks_at_one_month_and_one_level(cast: Cast) -> None:
    assert read(cast.supervisor(), cast.customer(), cast.at, reason="来电核对")
    assert effect_of(change(cast), cast.at + timedelta(days=replay.DAYS)).reads.reads == 0
    assert effect_of(change(cast, level=2, view=MASKED, clear_when=[]), cast.at).reads.reads == 0


def test_replays_so_many_reads_at_most(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MOST_EVENTS", 1)
    supervisor = cast.supervisor()
    for _time in range(2):
        assert read(supervisor, cast.customer(), cast.at, reason="来电核对")
    found = effect_of(change(cast), cast.at)
    assert (found.reads.reads, found.reads.capped) == (2, True)
    assert sum(one.every for one in found.reads.by_roles) == 1


def test_agrees_with_what_is_decided_after_signing(cast: Cast) -> None:
    """What the page foretells is what the policy then says: the same reads, done again."""
    supervisor, customer = cast.supervisor(), cast.customer()
    assert read(supervisor, customer, cast.at, reason="来电核对")
    content = change(cast)
    (concerned,) = effect_of(content, cast.at).concerned
    assert all(VIEWS.index(case.after) < VIEWS.index(case.before) for case in concerned.cases)
    assert of_role(effect_of(content, cast.at), "supervisor").refused == 1
