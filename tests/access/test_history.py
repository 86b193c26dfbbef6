"""A value's history: decided as the card decides, masked by its level, and in the trail."""

import pytest
from django.db import DatabaseError, transaction

from access.services.history import field_history
from classification.queries import UnknownField, catalogue
from customers.models import Customer, ValueChange
from customers.services import records
from staff.roles import SUPERVISOR
from tests.access.cast import exposures_since, kinds_since, last_event
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def agent(cast):
    return cast.agent()


@pytest.fixture
def edited(cast, agent) -> Customer:
    """A customer whose city and mobile were changed once."""
    customer: Customer = cast.customer(city="乌鲁木齐")
    edit(customer, agent, city="杭州", mobile="15400000026")
    return customer


def edit(customer, by, *, clear=(), **values):
    customer.refresh_from_db()
    return records.edit(
        ref=customer.ref,
        version=customer.version,
        values=values,
        clear=clear,
        scenario="maintenance",
        source="phone",
        by=by,
        at=clock(),
    )


def test_shows_open_values_in_the_clear_to_whom_the_card_does(edited, agent) -> None:
    shown = field_history(edited.ref, "city", by=agent, at=clock())
    (old,) = shown.before
    assert (shown.value.text, old.text, old.by, old.cleared) == ("杭州", "乌鲁木齐", agent.number, False)
    assert (shown.origin["source"], shown.origin["scenario"]) == ("phone", "maintenance")
    assert shown.origin["by"] == agent.number


def test_keeps_the_mask_alone_of_a_sealed_value(edited, agent) -> None:
    shown = field_history(edited.ref, "mobile", by=agent, at=clock())
    (old,) = shown.before
    assert (shown.value.text, old.text, old.level) == ("154****0026", "154****0018", 3)
    assert ValueChange.objects.get(field="mobile").text == "154****0018"
    assert not ValueChange.objects.filter(text__contains="15400000018").exists()


def test_masks_open_values_for_whom_the_card_masks_them(cast, edited) -> None:
    shown = field_history(edited.ref, "city", by=cast.officer(), at=clock())
    assert shown.before[0].view == "masked"
    assert "乌鲁木齐" not in repr(shown) + shown.before[0].text


def test_remembers_a_cleared_value(cast, edited, agent) -> None:
    edit(edited, agent, clear=["city"])
    shown = field_history(edited.ref, "city", by=agent, at=clock())
    assert [(old.text, old.cleared) for old in shown.before] == [("杭州", True), ("乌鲁木齐", False)]
    assert not shown.value.held
    assert shown.origin == {}


def test_an_unchanged_value_leaves_no_trace(edited, agent) -> None:
    edit(edited, agent, city="杭州")
    assert ValueChange.objects.filter(field="city").count() == 1


def test_is_on_record_as_an_exposure(edited, agent) -> None:
    start = last_event()
    field_history(edited.ref, "city", by=agent, at=clock())
    field_history(edited.ref, "mobile", by=agent, at=clock())
    assert kinds_since(start) == ["field.history_read", "field.history_read"]
    one, other = exposures_since(start, edited.ref)
    assert (one.clear, one.masked, one.level) == (["city"], [], 2)
    assert (other.clear, other.masked, other.level) == ([], ["mobile"], 0)


def test_a_stranger_finds_nothing(cast, edited) -> None:
    with pytest.raises(Customer.DoesNotExist):
        field_history(edited.ref, "city", by=cast.person(SUPERVISOR, department="south"), at=clock())


def test_there_is_no_history_of_l4(cast, edited, agent) -> None:
    (spec, *_) = catalogue(cast.at).by_level(4)
    with pytest.raises(UnknownField):
        field_history(edited.ref, spec.code, by=agent, at=clock())


def test_nobody_edits_an_old_value(edited) -> None:
    row = ValueChange.objects.get(field="city")
    for change in ({"text": "北京"}, {"by_number": "X"}, {"level": 3, "at": clock()}):
        with pytest.raises(DatabaseError, match="masked, never edited"), transaction.atomic():
            ValueChange.objects.filter(pk=row.pk).update(**change)
    ValueChange.objects.filter(pk=row.pk).update(text="***", level=3)
    with pytest.raises(DatabaseError, match="masked, never edited"), transaction.atomic():
        ValueChange.objects.filter(pk=row.pk).update(text="乌鲁木齐", level=2)
