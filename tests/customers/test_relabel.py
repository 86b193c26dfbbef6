"""Values follow their signed label: sealed, opened, checked, indexed anew; both forms are readable meanwhile."""

import os

import pytest
from django.db import connection

from access.queries.cards import cards
from access.services import compare, listing, reveal
from classification.queries import catalogue
from customers.digests import document_digest
from customers.models import Customer, IndexEntry, Misfit, ValueChange
from customers.relabel import concerned, following, run
from customers.search import NotSearchable, search
from customers.services import records
from customers.values import place
from jobs import services as jobs
from jobs.models import Job
from jobs.running import Turn
from tests.customers.builders import bulk_make, synthetic_values
from tests.customers.labels import move, relabel, signed
from trail.exposed import WRITTEN
from trail.models import Event, Exposure
from trail.services import clock
from vault import transform
from vault.keyring import keys_for

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
MANY = 10_000 if os.environ.get("SOAK") else 300


def customer(house, **values):
    number = f"R{Customer.objects.count():05d}"
    saved = records.create(
        number=number,
        portfolio=house.north.code,
        values={"full_name": "欧阳示例", "mobile": "15400000018"} | values,
        scenario="maintenance",
        source="customer",
        by=house.agent,
        at=clock(),
    )
    return Customer.objects.select_related("portfolio").get(ref=saved.ref)


def holds(row: Customer, field: str, text: str) -> bool:
    return transform.unchanged(row.sealed[field], place(row.ref, field), keys_for([row.ref], "L3"), text)


def found(house, field: str, typed: str) -> list[str]:
    return [row.number for row in search(house.agent, field, typed, clock()).rows]


def edit(house, row: Customer, **values):
    row.refresh_from_db()
    clear = values.pop("clear", ())
    return records.edit(
        ref=row.ref,
        version=row.version,
        values=values,
        clear=clear,
        scenario="maintenance",
        source="phone",
        by=house.agent,
        at=clock(),
    )


def raw(column: str, field: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"select {column} ->> %s from customers_customer", [field])
        return [row[0] for row in cursor.fetchall() if row[0] is not None]


def batch(job: Job) -> Turn:
    """Begin a turn of a job and do one batch of it."""
    claimed = jobs.claim(job.id, at=clock())
    assert claimed is not None
    turn = Turn(claimed, clock())
    progress = run.Progress.of(claimed)
    spec = catalogue(turn.at).get(str(job.parameters["field"]))
    run._batch(turn, spec, run._next(spec, progress), progress)
    return turn


def test_seals_every_value_and_the_raw_column_shows_it(house) -> None:
    refs = bulk_make(MANY, portfolio=house.north, at=clock())
    start = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    job = relabel(house, "city", level=3)
    assert (job.done, job.total, job.outcome["moved"], job.outcome["misfits"]) == (MANY, MANY, MANY, 0)
    assert raw("open", "city") == []
    assert len(raw("sealed", "city")) == MANY
    row = Customer.objects.get(ref=refs[7])
    assert holds(row, "city", synthetic_values(7)["city"])
    assert row.version == 2
    batches = Event.objects.filter(id__gt=start, kind="relabel.moved")
    assert batches.count() == -(-MANY // run.BATCH_ROWS)
    written = Exposure.objects.filter(event__in=batches, act=WRITTEN)
    assert written.count() == MANY
    assert Event.objects.filter(id__gt=start, kind="relabel.finished").count() == 1


def test_the_digest_of_each_batch_is_that_of_the_sealed_document(house) -> None:
    row = customer(house, city="广州")
    relabel(house, "city", level=3)
    row.refresh_from_db()
    exposure = Exposure.objects.filter(customer=row.ref, act=WRITTEN).order_by("-id").first()
    assert exposure is not None
    assert bytes(exposure.digest) == document_digest(row)


def test_opens_with_the_approval_and_forgets_the_index(house) -> None:
    row = customer(house, email="a.nobody@example.com")
    assert found(house, "email", "a.nobody@example.com") == [row.number]
    relabel(house, "email", level=2, index="none", opening_reason="邮箱已由客户公开")
    row.refresh_from_db()
    assert row.open["email"] == "a.nobody@example.com"
    assert "email" not in row.sealed
    assert not IndexEntry.objects.filter(field="email").exists()
    with pytest.raises(NotSearchable):
        search(house.agent, "email", "a.nobody@example.com", clock())


def test_a_new_index_finds_what_was_held_before(house) -> None:
    row = customer(house, passport="E00000007")
    if catalogue(clock()).get("passport").searchable:
        relabel(house, "passport", index="none")
    with pytest.raises(NotSearchable):
        search(house.agent, "passport", "E00000007", clock())
    relabel(house, "passport", index="exact")
    assert found(house, "passport", "e00000007") == [row.number]
    row.refresh_from_db()
    assert row.version == 1


def test_an_index_that_was_removed_leaves_no_digest(house) -> None:
    customer(house)
    assert IndexEntry.objects.filter(field="mobile").exists()
    relabel(house, "mobile", index="none")
    assert not IndexEntry.objects.filter(field="mobile").exists()


def test_a_sealed_field_gets_its_index_as_it_is_sealed(house) -> None:
    row = customer(house, business_number="91000000MA0000001R")
    relabel(house, "business_number", level=3, kind="uscc", params={}, index="exact")
    assert found(house, "business_number", "9100 0000 ma00 0000 1r") == [row.number]


def test_what_does_not_fit_a_new_kind_is_kept_and_listed(house) -> None:
    good = customer(house, business_number="2026/11/21")
    bad = customer(house, business_number="不是日期")
    job = relabel(house, "business_number", kind="date", params={})
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.open["business_number"], bad.open["business_number"]) == ("2026-11-21", "不是日期")
    assert job.outcome["misfits"] == 1
    assert list(concerned.misfits("business_number").values_list("customer__number", "code")) == [
        (bad.number, "not_a_date")
    ]
    edit(house, bad, business_number="2026-01-02")
    assert not concerned.misfits("business_number").exists()


def test_what_does_not_fit_is_sealed_all_the_same(house) -> None:
    row = customer(house, business_number="不是日期")
    relabel(house, "business_number", level=3, kind="date", params={})
    row.refresh_from_db()
    assert "business_number" not in row.open
    assert holds(row, "business_number", "不是日期")
    assert Misfit.objects.get().code == "not_a_date"


def test_a_sealed_text_with_something_higher_inside_stays_sealed(house) -> None:
    plain = customer(house, health_note="无")
    row = customer(house, health_note="家属电话15400000026")
    relabel(house, "health_note", level=2, opening_reason="改为一般备注")
    plain.refresh_from_db()
    row.refresh_from_db()
    assert plain.open["health_note"] == "无"
    assert "health_note" not in row.open
    assert Misfit.objects.get().code == "holds_higher"
    assert not concerned.misplaced(catalogue(clock()).get("health_note")).exists()


def test_tags_are_one_text_sealed_and_single_ones_open(house) -> None:
    row = customer(house, habit_tags="跑步,咖啡")
    relabel(house, "habit_tags", level=3)
    row.refresh_from_db()
    assert holds(row, "habit_tags", "跑步,咖啡")
    relabel(house, "habit_tags", level=2, opening_reason="误标")
    row.refresh_from_db()
    assert row.open["habit_tags"] == ["跑步", "咖啡"]


def test_a_second_run_changes_nothing(house) -> None:
    row = customer(house, city="广州")
    job = relabel(house, "city", level=3)
    row.refresh_from_db()
    Job.objects.filter(pk=job.pk).update(finished_at=None, cursor={}, done=0, total=None)
    again = move("city")
    before = (row.sealed, row.version)
    row.refresh_from_db()
    assert (row.sealed, row.version) == before
    assert again.outcome["moved"] == 0


def test_both_forms_are_read_by_the_stricter_rule_midway(house, monkeypatch) -> None:
    monkeypatch.setattr(run, "BATCH_ROWS", 1)
    first, second = customer(house, city="广州"), customer(house, city="杭州")
    signed(house, "city", level=3)
    batch(Job.objects.get(kind=run.RELABEL))
    first.refresh_from_db()
    second.refresh_from_db()
    assert ("city" in first.sealed, "city" in second.sealed) == (True, False)
    for card in cards(house.agent, [first, second], clock()):
        value = card["city"]
        assert (value.level, value.view, value.sealed, value.raw) == (3, "masked", True, "")
        assert "州" not in value.text
    shown = listing.list_page([first, second], how="list", page=1, by=house.agent, at=clock())
    assert all(card.exposed("listed").level < 3 for card in shown)


def test_what_still_lies_sealed_is_l3_after_the_label_opened(house, monkeypatch) -> None:
    monkeypatch.setattr(run, "BATCH_ROWS", 1)
    first = customer(house, email="a.nobody@example.com")
    second = customer(house, email="b.nobody@example.com")
    signed(house, "email", level=2, index="none", opening_reason="已公开")
    batch(Job.objects.get(kind=run.RELABEL))
    first.refresh_from_db()
    second.refresh_from_db()
    one, other = cards(house.agent, [first, second], clock())
    assert (one["email"].view, one["email"].text) == ("clear", "a.nobody@example.com")
    assert (other["email"].level, other["email"].view) == (3, "masked")
    with pytest.raises(reveal.Refused):
        reveal.reveal(second.ref, "email", by=house.agent, at=clock())
    assert compare.compare(second.ref, "email", "B.nobody@example.com", by=house.agent, at=clock()).right


def test_a_value_of_a_sealed_field_that_lies_open_is_revealed_as_l3(house) -> None:
    row = customer(house, city="广州")
    signed(house, "city", level=3)
    with pytest.raises(reveal.Refused) as refused:
        reveal.reveal(row.ref, "city", by=house.agent, at=clock())
    assert refused.value.decision.view == "masked"


def test_a_write_midway_moves_its_own_value(house) -> None:
    row = customer(house, city="广州", email="a.nobody@example.com")
    signed(house, "city", level=3)
    signed(house, "email", level=2, index="none", opening_reason="已公开")
    edit(house, row, city="杭州", email="c.nobody@example.com")
    row.refresh_from_db()
    assert "city" not in row.open
    assert holds(row, "city", "杭州")
    assert row.open["email"] == "c.nobody@example.com"
    assert "email" not in row.sealed
    assert not IndexEntry.objects.filter(field="email").exists()


def test_the_same_value_midway_is_no_change(house) -> None:
    row = customer(house, city="广州", email="a.nobody@example.com")
    signed(house, "city", level=3)
    signed(house, "email", level=2, index="none", opening_reason="已公开")
    assert edit(house, row, city="广州", email="a.nobody@example.com").event is None


def test_clearing_midway_removes_the_value_wherever_it_lies(house) -> None:
    row = customer(house, city="广州")
    signed(house, "city", level=3)
    edit(house, row, clear=["city"])
    row.refresh_from_db()
    assert "city" not in {**row.open, **row.sealed}


def test_old_values_are_masked_in_the_same_go(house) -> None:
    row = customer(house, city="乌鲁木齐")
    edit(house, row, city="杭州")
    gone = customer(house, city="哈尔滨")
    edit(house, gone, clear=["city"])
    assert set(ValueChange.objects.values_list("text", "level")) == {("乌鲁木齐", 2), ("哈尔滨", 2)}
    relabel(house, "city", level=3)
    assert set(ValueChange.objects.values_list("text", "level")) == {("***", 3)}
    relabel(house, "city", level=2, opening_reason="误标")
    assert set(ValueChange.objects.values_list("text", "level")) == {("***", 3)}


def test_nothing_is_opened_without_the_signed_event(house) -> None:
    row = customer(house)
    with pytest.raises(transform.NotApproved):
        transform.Approval(row.ref, "mobile")


def test_the_sweep_finds_what_an_old_form_wrote(house) -> None:
    row = customer(house, city="广州")
    relabel(house, "city", level=3)
    row.refresh_from_db()
    row.open = {**row.open, "city": "杭州"}
    row.sealed = {code: held for code, held in row.sealed.items() if code != "city"}
    row.save(update_fields=["open", "sealed"])
    (job,) = following.sweep(at=clock())
    assert following.sweep(at=clock()) == []
    move("city")
    row.refresh_from_db()
    assert holds(row, "city", "杭州")
    assert job.parameters == {"field": "city", "proposal": ""}


def test_a_change_that_moves_nothing_starts_no_job(house) -> None:
    customer(house, city="广州")
    signed(house, "city", level=1)
    signed(house, "plate", index="exact" if not catalogue(clock()).get("plate").searchable else "none")
    assert not Job.objects.filter(kind=run.RELABEL).exists()
