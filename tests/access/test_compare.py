"""Compare: yes or no, nothing shown, three wrong answers a day over everybody and everything."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from access import events
from access.models import ReadingRule
from access.services import compare
from access.services.reveal import NothingHeld, Refused
from customers.models import CompareTap, Customer
from tests.access.cast import VALUES, exposures_since, kinds_since, last_event
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def ask(cast, customer, by, said, field="mobile", at=None):
    return compare.compare(customer.ref, field, said, by=by, at=at or cast.at)


def wrong(cast, customer, by, times=1, field="mobile", at=None):
    for _ in range(times):
        assert not ask(cast, customer, by, "15400000026", field, at).right


@pytest.mark.parametrize("said", ["15400000018", "154 0000 0018", "+86 154-0000-0018", "１５４０００００018"])
def test_knows_what_is_right_however_it_is_typed(cast, said):
    assert ask(cast, cast.customer(), cast.agent(), said).right


def test_compares_open_values_too(cast):
    by, customer = cast.agent(), cast.customer()
    assert ask(cast, customer, by, "张示例", field="full_name").right
    assert not ask(cast, customer, by, "李示例", field="full_name").right


def test_gives_no_value_away(cast):
    answer = ask(cast, cast.customer(), cast.agent(), "15400000026")
    assert VALUES["mobile"] not in repr(answer)
    assert (answer.right, answer.left) == (False, 2)


def test_records_every_answer(cast):
    by, customer = cast.agent(), cast.customer()
    start = last_event()
    ask(cast, customer, by, VALUES["mobile"])
    wrong(cast, customer, by)
    found = Event.objects.filter(id__gt=start).order_by("id").values_list("kind", "facts")
    assert list(found) == [
        (events.VALUE_COMPARED.code, {"field": "mobile", "right": right}) for right in (True, False)
    ]
    assert {(one.customer, one.act, tuple(one.clear)) for one in exposures_since(start)} == {
        (customer.ref, "compared", ())
    }


def test_keeps_right_answers_free(cast):
    by, customer = cast.agent(), cast.customer()
    for _ in range(5):
        assert ask(cast, customer, by, VALUES["mobile"]).left == 3


def test_stops_after_three_wrong_ones_over_people_and_fields(cast):
    one, other, customer = cast.agent(), cast.supervisor(), cast.customer()
    wrong(cast, customer, one)
    wrong(cast, customer, other, field="resident_id")
    wrong(cast, customer, one, field="email")
    start = last_event()
    for by in (one, other):
        with pytest.raises(compare.TooManyWrong):
            ask(cast, customer, by, VALUES["mobile"])
    assert kinds_since(start) == [events.COMPARE_REFUSED.code] * 2


def test_counts_each_customer_and_each_day_apart(cast):
    by, customer, other = cast.agent(), cast.customer(), cast.customer()
    wrong(cast, customer, by, times=3)
    assert ask(cast, other, by, VALUES["mobile"]).right
    assert ask(cast, customer, by, VALUES["mobile"], at=cast.at + timedelta(days=1)).right


def test_bears_three_more_after_a_supervisors_tap(cast):
    by, supervisor, customer = cast.agent(), cast.supervisor(), cast.customer()
    wrong(cast, customer, by, times=3)
    start = last_event()
    assert compare.allow_more(customer.ref, by=supervisor, at=cast.at) == 3
    assert kinds_since(start) == [events.COMPARE_EXTENDED.code]
    wrong(cast, customer, by, times=3)
    with pytest.raises(compare.TooManyWrong):
        wrong(cast, customer, by)
    assert CompareTap.objects.count() == 1


def test_tells_the_supervisors_once_per_tap(cast):
    from staff.models import Notification

    by, supervisor, customer = cast.agent(), cast.supervisor(), cast.customer()
    cast.supervisor(department="south")
    for _ in range(2):
        wrong(cast, customer, by, times=3)
        for _ in range(2):
            with pytest.raises(compare.TooManyWrong):
                ask(cast, customer, by, VALUES["mobile"])
        compare.allow_more(customer.ref, by=supervisor, at=cast.at)
        cast.at += timedelta(seconds=1)
    told = Notification.objects.values_list("person_id", "code", "params")
    assert list(told) == [(supervisor.id, "compare_used_up", {})] * 2


def test_takes_no_tap_from_whoever_may_not(cast):
    by, customer = cast.agent(), cast.customer()
    wrong(cast, customer, by, times=3)
    with pytest.raises(compare.TapRefused, match="not_allowed"):
        compare.allow_more(customer.ref, by=cast.agent(), at=cast.at)


def test_takes_no_tap_before_it_is_needed(cast):
    with pytest.raises(compare.TapRefused, match="not_needed"):
        compare.allow_more(cast.customer().ref, by=cast.supervisor(), at=cast.at)


def test_takes_no_tap_from_whoever_was_guessing(cast):
    supervisor, customer = cast.supervisor(), cast.customer()
    wrong(cast, customer, supervisor, times=3)
    with pytest.raises(compare.TapRefused, match="own_compares"):
        compare.allow_more(customer.ref, by=supervisor, at=cast.at)


def test_takes_no_tap_for_a_foreign_customer(cast):
    customer = cast.customer(portfolio="south")
    with pytest.raises(Customer.DoesNotExist):
        compare.allow_more(customer.ref, by=cast.supervisor(department="north"), at=cast.at)


@pytest.mark.parametrize("field", ["member_level", "birth_year"])
def test_compares_no_kind_whose_answer_gives_the_value_away(cast, field):
    with pytest.raises(compare.NotComparable):
        ask(cast, cast.customer(), cast.agent(), "x", field=field)


def test_says_when_nothing_is_held(cast):
    with pytest.raises(NothingHeld):
        ask(cast, cast.customer(), cast.agent(), "EO0000018", field="passport")


def test_does_not_tell_foreign_from_nonexistent(cast):
    with pytest.raises(Customer.DoesNotExist):
        ask(cast, cast.customer(portfolio="south"), cast.agent(serves="north"), "15400000018")


def test_answers_nothing_about_a_hidden_value(cast):
    by, customer = cast.agent(), cast.customer()
    ReadingRule.objects.filter(code="agent-l3").update(until=cast.at)
    ReadingRule.objects.create(
        code="agent-l3", number=2, role="agent", level=3, view="hidden", clause="S0-27", since=cast.at
    )
    start = last_event()
    with pytest.raises(Refused):
        ask(cast, customer, by, VALUES["mobile"])
    assert kinds_since(start) == [events.COMPARE_REFUSED.code]


@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_bears_no_fourth_wrong_answer_when_several_ask_at_once(cast):
    customer, people = cast.customer(), [cast.agent() for _ in range(6)]
    together = Barrier(len(people))

    def race(by) -> str:
        try:
            together.wait(timeout=10)
            return "wrong" if not ask(cast, customer, by, "15400000026").right else "right"
        except compare.TooManyWrong:
            return "refused"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(people)) as pool:
        outcomes = sorted(pool.map(race, people))
    assert outcomes == ["refused"] * 3 + ["wrong"] * 3
