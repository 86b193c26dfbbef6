"""Discovery: fields, left-out columns and single texts that look like a higher level; one run, its states, its end."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.discovery import run as discovery
from customers.discovery.doubts import DISMISSED, GONE, OPEN, open_count, runs
from customers.models import Customer, DoubtSighting, LabelDoubt, LeftOutColumn
from customers.services import doubts as acts
from customers.tasks import start_discovery
from files.models import SealedText
from jobs import running
from jobs import services as jobs
from jobs.models import Job
from staff.models import Notification
from tests.customers.discovering import MOBILE, OTHER, RESIDENT_ID, hold, in_short, run_now, standing
from tests.customers.files import text_file
from tests.customers.importing import HEADER, bring_in, check, examine, proposed, table_row
from tests.staff.company import facts_since, last_event
from trail.actor import Actor
from trail.models import Event, Exposure
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
PLAIN = {"service_note": "老客户", "business_number": "B-0001", "city": "上海"}


def test_doubts_a_field_of_which_a_share_looks_like_a_higher_kind(house):
    ids = [{"business_number": RESIDENT_ID}] * 3 + [{"business_number": "119900199001010011"}]
    hold(house.north, *[PLAIN] * 16, *ids)
    run_now(house.officer)
    assert in_short() == [("field", "business_number", "resident_id", OPEN, 20, 4, 3)]


def test_lists_a_single_text_with_identifiers_pasted_into_it(house):
    note = f"客户说{MOBILE}和{OTHER}都可以，证件{RESIDENT_ID}"
    _, customer = hold(house.north, PLAIN, {"service_note": note})
    run_now(house.officer)
    assert in_short() == [
        ("note", "service_note", "mobile", OPEN, 1, 2, None),
        ("note", "service_note", "resident_id", OPEN, 1, 1, 1),
    ]
    assert {one.doubt.customer_id for one in standing()} == {customer.pk}


def test_leaves_single_texts_to_the_field_when_all_of_it_is_doubted(house):
    hold(house.north, *[{"service_note": f"回电{MOBILE}"}] * 5)
    run_now(house.officer)
    assert [one[:2] for one in in_short()] == [("field", "service_note")]


def test_finds_nothing_where_the_field_may_hold_it_or_lies_high_enough(house):
    hold(house.north, *[{"public_contact": MOBILE, "full_name": "张示例", "preference_tags": ["数码"]}] * 5)
    run_now(house.officer)
    assert in_short() == []


def test_takes_names_in_a_public_field_for_names_and_a_few_words_for_none(house):
    names = [{"public_contact": f"张{first}{second}"} for first in "伟敏静丽强" for second in "军洋艳勇杰"]
    hold(house.north, *names)
    run_now(house.officer)
    assert [one[:3] for one in in_short()] == [("field", "public_contact", "full_name")]
    Customer.objects.all().delete()
    LabelDoubt.objects.all().delete()
    hold(house.north, *[{"public_contact": "高级"}, {"public_contact": "金牌"}] * 30)
    run_now(house.officer)
    assert in_short() == []


def test_does_not_read_one_number_out_of_two_tags(house):
    hold(house.north, {"preference_tags": ["154 0000", "0018"]})
    run_now(house.officer)
    assert in_short() == []


def left_out(house, *, start=True) -> Job:
    rows = [[*table_row(number)] for number in range(8)]
    data = text_file(HEADER, rows, "utf-8")
    examined = examine(data, house.supervisor)
    chosen = {
        index: target for index, target in proposed(examined).items() if target not in ("mobile", "city")
    }
    if start:
        return bring_in(data, house.supervisor, mapping=chosen)
    return check(data, house.supervisor, mapping=chosen)


def test_doubts_a_column_that_an_import_left_out(house):
    left_out(house)
    run_now(house.officer)
    assert in_short() == [("column", "手机号", "mobile", OPEN, 8, 8, None)]
    noted = LeftOutColumn.objects.get()
    assert (noted.header, noted.kind, noted.values, noted.hits) == ("手机号", "mobile", 8, 8)


def test_knows_of_no_column_of_a_file_that_was_only_tried_out(house):
    left_out(house, start=False)
    run_now(house.officer)
    assert LeftOutColumn.objects.count() == 1
    assert in_short() == []


def test_sees_the_same_doubt_again_in_the_next_run(house):
    hold(house.north, {"service_note": f"回电{MOBILE}"})
    first, second = run_now(house.officer), run_now(house.officer)
    assert LabelDoubt.objects.count() == 1
    assert set(DoubtSighting.objects.values_list("run", flat=True)) == {first.pk, second.pk}
    assert (first.outcome["new"], first.outcome["seen"]) == (1, 0)
    assert (second.outcome["new"], second.outcome["seen"]) == (0, 1)


def test_is_gone_when_the_next_run_sees_it_no_more(house):
    hold(house.north, {"service_note": f"回电{MOBILE}"})
    run_now(house.officer)
    Customer.objects.update(open=PLAIN)
    assert [one.state for one in standing()] == [OPEN]
    run_now(house.officer)
    assert [one.state for one in standing()] == [GONE]
    assert open_count(clock()) == 0


def dismiss(house, *, days: float = 30, doubt: LabelDoubt | None = None):
    at = clock()
    doubt = doubt or standing()[0].doubt
    return acts.dismiss(
        doubt.pk, reason=f"客户本人 {MOBILE} 公开", until=at + timedelta(days=days), by=house.officer, at=at
    )


def test_stays_away_once_dismissed_until_its_day(house):
    hold(house.north, {"service_note": f"回电{MOBILE}"})
    run_now(house.officer)
    made = dismiss(house)
    run_now(house.officer)
    assert [one.state for one in standing()] == [DISMISSED]
    assert open_count(made.until - timedelta(seconds=1)) == 0
    assert open_count(made.until) == 1


def test_comes_back_before_its_day_when_a_text_grows(house):
    hold(house.north, {"service_note": f"回电{MOBILE}"})
    run_now(house.officer)
    dismiss(house)
    Customer.objects.update(open={"service_note": f"回电{MOBILE}或{OTHER}"})
    run_now(house.officer)
    assert [one.state for one in standing()] == [OPEN]


@pytest.mark.parametrize(("more", "state"), [(4, DISMISSED), (5, OPEN)])
def test_comes_back_when_a_field_grows_by_five_of_a_hundred(house, more, state):
    ids = [{"business_number": RESIDENT_ID}]
    held = hold(house.north, *[PLAIN] * 80, *ids * 20)
    run_now(house.officer)
    dismiss(house)
    Customer.objects.filter(pk__in=[one.pk for one in held[:more]]).update(open=ids[0])
    run_now(house.officer)
    assert [one.state for one in standing()] == [state]


def test_seals_the_reason_and_names_no_value(house):
    (customer,) = hold(house.north, {"service_note": f"回电{MOBILE}"})
    run_now(house.officer)
    start = last_event()
    made = dismiss(house)
    (facts,) = facts_since(start, "doubt.dismissed")
    assert facts["field"] == "service_note"
    assert MOBILE not in str(facts)
    text = SealedText.objects.get(pk=made.reason)
    assert text.subject == customer.ref
    assert MOBILE not in text.sealed


def test_refuses_to_dismiss_what_is_not_open_or_for_too_long(house):
    hold(house.north, {"service_note": f"回电{MOBILE}"})
    run_now(house.officer)
    doubt = standing()[0].doubt
    for days in (0, 400):
        with pytest.raises(acts.BadTerm):
            dismiss(house, days=days)
    with pytest.raises(acts.NotAllowed):
        acts.dismiss(doubt.pk, reason="x", until=clock() + timedelta(1), by=house.supervisor, at=clock())
    dismiss(house)
    with pytest.raises(acts.NotOpen):
        dismiss(house, doubt=doubt)
    with pytest.raises(acts.NoSuchDoubt):
        dismiss(house, doubt=LabelDoubt())


def test_shows_masks_only_after_the_event(house):
    (customer,) = hold(house.north, {"service_note": f"回电{MOBILE}，证件{RESIDENT_ID}"})
    run_now(house.officer)
    start = last_event()
    looked = acts.look(standing()[0].doubt.pk, by=house.officer, at=clock())
    assert [(hit.masked, hit.passed) for hit in looked.hits] == [("154****0018", None)]
    exposure = Exposure.objects.get(event_id__gt=start)
    assert (exposure.customer, exposure.act, exposure.masked, exposure.clear) == (
        customer.ref,
        "listed",
        ["service_note"],
        [],
    )
    assert Event.objects.get(id__gt=start).kind == "doubt.read"


def test_shows_no_values_to_whoever_reaches_no_customer(house):
    hold(house.north, {"service_note": f"回电{MOBILE}"})
    run_now(house.officer)
    dismiss(house)
    start = last_event()
    auditor = Actor(id=house.officer.id, number="X", name="X", roles=frozenset({"auditor"}))
    looked = acts.look(standing()[0].doubt.pk, by=auditor, at=clock())
    assert (looked.hits, looked.reasons) == ((), {})
    assert not Event.objects.filter(id__gt=start).exists()


def test_goes_with_its_customer(house):
    (customer,) = hold(house.north, {"service_note": f"回电{MOBILE}"})
    run_now(house.officer)
    dismiss(house)
    customer.delete()
    assert not LabelDoubt.objects.exists()


@pytest.mark.parametrize("table", ["labeldoubt", "doubtsighting", "doubtdismissal"])
def test_is_never_edited_not_even_by_sql(house, table):
    hold(house.north, {"service_note": f"回电{MOBILE}"})
    run_now(house.officer)
    dismiss(house)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update customers_{table} set id = id")


def test_runs_once_a_month_by_itself(house):
    for _ in range(3):
        start_discovery()
    (job,) = runs()
    assert (job.owner_id, job.parameters["scheduled"]) == (None, True)
    running.run(job.pk, discovery.look)
    start_discovery()
    assert runs().count() == 1
    next_month = clock() + timedelta(days=31)
    assert acts.start_monthly(by=Actor.system("customers.discovery"), at=next_month) is not None


def test_starts_the_month_again_after_a_failed_run(house):
    start_discovery()
    job = jobs.claim(runs().get().pk, at=clock())
    assert job is not None
    jobs.fail(job, "x", by=Actor.system("x"), at=clock())
    start_discovery()
    assert runs().count() == 2


def test_gives_the_run_under_way_to_whoever_asks_for_one(house):
    first = acts.start_now(by=house.officer, at=clock())
    assert acts.start_now(by=house.officer, at=clock()) == first
    with pytest.raises(acts.NotAllowed):
        acts.start_now(by=house.supervisor, at=clock())


def test_tells_the_officers_of_what_is_new_and_no_more(house):
    hold(house.north, {"service_note": f"回电{MOBILE}"})
    start = last_event()
    run_now(house.officer)
    run_now(house.officer)
    assert list(Notification.objects.values_list("person", "code", "params")) == [
        (house.officer.id, "job_finished", {"kind": "customers.discovery"}),
        (house.officer.id, "doubts_found", {"number": 1}),
    ]
    assert [facts["new"] for facts in facts_since(start, "discovery.finished")] == [1, 0]


def test_lists_no_more_single_texts_than_a_run_can_hold_and_the_rest_next_time(house, monkeypatch):
    monkeypatch.setattr(discovery, "LISTED_PER_FIELD", 2)
    hold(house.north, *[PLAIN] * 100, *[{"service_note": f"回电{MOBILE}"}] * 3)
    first = run_now(house.officer)
    assert (first.outcome["new"], first.outcome["unlisted"], len(in_short())) == (2, 1, 2)
    second = run_now(house.officer)
    assert (second.outcome["new"], second.outcome["seen"], second.outcome["unlisted"]) == (1, 2, 0)
    assert {one[3] for one in in_short()} == {OPEN}


def test_reads_in_batches_with_a_constant_number_of_queries_each(house, monkeypatch):
    monkeypatch.setattr(discovery, "BATCH_ROWS", 10)

    def queries(by) -> int:
        with CaptureQueriesContext(connection) as seen:
            run_now(by)
        return len(seen)

    hold(house.north, *[PLAIN] * 10)
    one = queries(house.officer)
    hold(house.north, *[PLAIN] * 20, first=100)
    three = queries(house.officer)
    hold(house.north, *[PLAIN] * 20, first=200)
    assert queries(house.officer) - three == three - one
