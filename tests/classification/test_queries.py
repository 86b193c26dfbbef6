"""The catalogue of a time, in the reader's language."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from classification.models import FieldVersion, Scenario
from classification.queries import (
    UnknownField,
    catalogue,
    not_yet_confirmed,
)
from classification.services import SHIPPED_SINCE
from trail.services import clock

pytestmark = pytest.mark.django_db


def test_costs_one_query(django_assert_num_queries):
    at = clock()
    with django_assert_num_queries(1):
        known = catalogue(at)
        assert known.get("mobile").label
        assert known.by_level(3)


def test_names_a_field_with_its_level_in_the_active_language():
    spec = catalogue(clock()).get("resident_id")
    with translation.override("zh-hans"):
        assert spec.label == "L3-证件号码"
    with translation.override("en"):
        assert spec.label == "L3-ID number"


def test_comes_in_form_order():
    fields = catalogue(clock()).fields
    assert [spec.form_order for spec in fields] == sorted(spec.form_order for spec in fields)


def test_an_unknown_field_is_an_error():
    known = catalogue(clock())
    with pytest.raises(UnknownField):
        known.get("shoe_size")
    assert "shoe_size" not in known


def test_a_field_means_what_its_version_of_that_time_says():
    at = clock()
    old = FieldVersion.objects.get(field_id="city")
    FieldVersion.objects.filter(pk=old.pk).update(until=at)
    FieldVersion.objects.create(
        field_id="city", number=2, category="basic", level=1, kind="text", since=at, proposal=uuid4()
    )
    assert catalogue(at - timedelta(seconds=1)).get("city").level == 2
    now = catalogue(at).get("city")
    assert (now.level, now.version, now.confirmed) == (1, 2, True)
    assert "city" not in {spec.code for spec in not_yet_confirmed(at)}


def test_before_its_first_version_a_field_is_not_there():
    assert catalogue(SHIPPED_SINCE - timedelta(days=1)).fields == ()


def test_holdable_leaves_out_highest_level_and_derived():
    codes = {spec.code for spec in catalogue(clock()).holdable}
    assert "mobile" in codes
    assert not codes & {"face_image", "surname", "gender", "birth_year"}


def test_searchable_fields_name_their_indexes():
    known = catalogue(clock())
    assert known.get("mobile").index_kinds == ("exact", "last_four")
    assert known.get("email").index_kinds == ("exact",)
    assert known.get("address").index_kinds == ()
    assert {spec.code for spec in known.searchable} >= {
        "mobile",
        "resident_id",
        "bank_card",
        "email",
        "passport",
    }


def test_a_scenario_asks_only_for_fields_of_its_purposes():
    known = catalogue(clock())
    asked = {spec.code for spec in known.asked_in(Scenario.objects.get(code="registration").purposes)}
    assert {"full_name", "mobile"} <= asked
    assert not asked & {"account_balance", "preference_tags", "surname", "credit_report"}


def test_a_choice_is_shown_in_words():
    spec = catalogue(clock()).get("contract_type")
    with translation.override("zh-hans"):
        assert spec.shown("one_year") == "一年"
        assert ("monthly", "按月") in spec.options
    with translation.override("en"):
        assert spec.shown("one_year") == "One year"
    assert spec.shown(["a", "b"]) == "a、b"
