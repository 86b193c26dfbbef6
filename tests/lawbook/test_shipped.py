"""The shipped facts: what the software needs, whole in both languages, and honest about what was verified."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from django.db import models

from lawbook import shipped
from lawbook.models import FactVersion
from lawbook.queries import fact
from lawbook.services import supersede
from trail import services as trail
from trail.actor import Actor

NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)
NEEDED = {
    "consent_evidence_keep": (3, "year", "src"),
    "consent_reask_cooldown": (6, "month", "house"),
    "guardian_age": (14, "year", "src"),
    "processing_record_keep": (3, "year", "src"),
    "assessment_keep": (3, "year", "src"),
    "sharing_record_keep": (3, "year", "src"),
    "network_log_keep": (6, "month", "2nd"),
    "rights_request_answer": (30, "day", "mem"),
    "account_cancellation": (15, "working_day", "mem"),
    "incident_report": (4, "hour", "2nd"),
    "incident_summary": (30, "day", "2nd"),
    "breach_notice": (24, "hour", "house"),
    "officer_filing": (30, "working_day", "2nd"),
    "audit_interval_large": (2, "year", "2nd"),
    "audit_rectification_report": (15, "working_day", "mem"),
    "training_interval": (1, "year", "mem"),
    "drill_interval": (1, "year", "mem"),
    "permission_review_interval": (3, "month", "house"),
    "log_audit_interval": (1, "month", "house"),
    "compliance_check_interval": (6, "month", "house"),
    "kek_rotation_interval": (1, "year", "house"),
    "escrow_drill_interval": (6, "month", "house"),
    "trail_online": (6, "month", "house"),
    "trail_keep": (3, "year", "house"),
    "small_handler": (100_000, "person", "2nd"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("code", NEEDED)
def test_holds_every_clock_of_day_one(code: str) -> None:
    found = fact(code, NOW)
    assert (found.value, found.unit, found.certainty) == NEEDED[code]


def test_is_whole_in_both_languages() -> None:
    for row in shipped.rows():
        names = ("name_zh", "name_en", "words_zh", "words_en", "citation_zh", "citation_en")
        assert all(row[name] for name in names), row["code"]


def test_fits_its_columns() -> None:
    sizes = {
        column.name: column.max_length
        for column in FactVersion._meta.get_fields()
        if isinstance(column, models.CharField)
    }
    for row in shipped.rows():
        assert all(len(row[name]) <= size for name, size in sizes.items() if size), row["code"]


def test_one_version_follows_the_other() -> None:
    for one, following in pairwise(shipped.rows()):
        if one["code"] == following["code"]:
            assert one["until"] is not None
            assert one["until"] <= following["since"]


@pytest.mark.django_db
def test_can_be_put_in_again_and_adds_nothing() -> None:
    assert FactVersion.objects.count() == len(shipped.rows())
    assert shipped.install_shipped() == 0


@pytest.mark.django_db
def test_leaves_what_the_company_entered_since() -> None:
    own = replace(fact("consent_reask_cooldown", NOW), value=12, since=date(2026, 12, 1))
    supersede(own, by=Actor.system("lawbook.test"), at=trail.clock())
    assert shipped.install_shipped() == 0
    assert fact("consent_reask_cooldown", datetime(2026, 12, 2, tzinfo=UTC)).value == 12


@pytest.mark.django_db
def test_a_newer_line_of_the_file_ends_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    old = shipped.rows()
    guardian = next(row for row in old if row["code"] == "guardian_age")
    later = guardian | {"value": 16, "since": date(2027, 1, 1)}
    monkeypatch.setattr(shipped, "rows", lambda: [*old, later])
    assert shipped.install_shipped() == 1
    assert fact("guardian_age", NOW).until == date(2027, 1, 1)
    assert fact("guardian_age", datetime(2027, 1, 2, tzinfo=UTC)).value == 16
