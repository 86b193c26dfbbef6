"""Purposes of a time: who picks them, what they need, and what nobody may collect any more."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from classification.models import PurposeVersion
from classification.purposes import purposes, purposes_for
from classification.queries import catalogue, scenarios
from trail.services import clock

pytestmark = pytest.mark.django_db


def end(code, at):
    PurposeVersion.objects.filter(purpose_id=code, until=None).update(until=at)


def test_agents_pick_the_three_purposes_of_service_with_service_first():
    at = clock()
    assert [purpose.code for purpose in purposes_for({"agent"}, at)] == ["service", "complaint", "quality"]
    assert purposes_for({"custodian"}, at) == []
    assert next(scenario.code for scenario in scenarios()) == "registration"


def test_costs_one_query(django_assert_num_queries):
    at = clock()
    with django_assert_num_queries(1):
        assert purposes(at)["service"].name


def test_says_which_fields_it_cannot_do_without():
    registration = purposes(clock())["registration"]
    assert registration.needs("mobile")
    assert not registration.needs("email")
    assert not registration.asks_consent


def test_gives_its_reason_in_the_language_that_has_one():
    at = clock()
    end("raffle", at)
    with translation.override("en"):
        assert "contract" in purposes(at)["registration"].basis_reason
    with translation.override("zh-hans"):
        assert "合同" in purposes(at)["registration"].basis_reason


def test_a_field_whose_last_purpose_ended_is_asked_nowhere():
    at = clock()
    later = at + timedelta(minutes=1)
    serves = catalogue(at).get("browsing_note").purposes
    assert serves
    for code in serves:
        end(code, later)
    assert catalogue(at).get("browsing_note").purposes == serves
    assert catalogue(later).get("browsing_note").purposes == ()
    assert not {"browsing_note"} & {spec.code for spec in catalogue(later).asked_in(serves)}


def test_a_later_version_counts_from_its_day():
    at = clock()
    later = at + timedelta(days=1)
    end("survey", later)
    PurposeVersion.objects.create(
        purpose_id="survey", number=2, basis="consent", fields={"city": "optional"}, roles=["head"],
        retain_months=6, retain_from="collection", since=later, proposal=uuid4(),
    )  # fmt: skip
    assert purposes(at)["survey"].version == 1
    assert purposes(later)["survey"].fields == {"city": "optional"}
    assert purposes(later)["survey"].confirmed
