"""Writes of the catalogue: for now the shipped defaults; signed versions come with their proposals."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

from django.apps import apps as installed
from django.apps.registry import Apps
from django.db import transaction

from classification import shipped, shipped_purposes
from classification.shipped_schedules import SCHEDULES

SHIPPED_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
"""The shipped defaults count from here, so that demo data of earlier months has a catalogue."""


@transaction.atomic
def install_shipped(apps: Apps = installed) -> None:
    """Put in whatever of the shipped catalogue is missing. Existing rows, renamed ones too, stay as they are.

    A migration passes its own registry of models.
    """
    Field, FieldVersion, Scenario = (
        apps.get_model("classification", name) for name in ("Field", "FieldVersion", "Scenario")
    )
    Field.objects.bulk_create(
        (
            Field(code=row.code, name_zh=row.name_zh, name_en=row.name_en, form_order=place * 10)
            for place, row in enumerate(shipped.FIELDS, start=1)
        ),
        ignore_conflicts=True,
    )
    have = set(FieldVersion.objects.values_list("field_id", flat=True))
    missing = [row for row in shipped.FIELDS if row.code not in have]
    FieldVersion.objects.bulk_create(
        FieldVersion(
            field_id=row.code,
            number=1,
            category=row.category,
            level=row.level,
            kind=row.kind,
            params=dict(row.params),
            index=row.index,
            required=row.required,
            sensitive=row.sensitive,
            derived_from=row.derived_from,
            since=SHIPPED_SINCE,
            shipped=True,
        )
        for row in missing
    )
    _install_purposes(apps)
    _install_schedules(apps)
    Scenario.objects.bulk_create(
        (
            Scenario(
                code=code, name_zh=zh, name_en=en, purposes=purposes, insists=insists, form_order=place * 10
            )
            for place, (code, zh, en, purposes, insists) in enumerate(shipped_purposes.SCENARIOS, start=1)
        ),
        ignore_conflicts=True,
    )


def _install_purposes(apps: Apps) -> None:
    Purpose, PurposeVersion = (
        apps.get_model("classification", name) for name in ("Purpose", "PurposeVersion")
    )
    Purpose.objects.bulk_create(
        (
            Purpose(code=row.code, name_zh=row.name_zh, name_en=row.name_en)
            for row in shipped_purposes.PURPOSES
        ),
        ignore_conflicts=True,
    )
    have = set(PurposeVersion.objects.values_list("purpose_id", flat=True))
    PurposeVersion.objects.bulk_create(
        PurposeVersion(
            purpose_id=row.code,
            number=1,
            basis=row.basis,
            basis_reason_zh=row.basis_reason_zh,
            basis_reason_en=row.basis_reason_en,
            fields=row.fields(),
            roles=list(row.roles),
            necessary_for_service=bool(row.service_reason_zh),
            service_reason_zh=row.service_reason_zh,
            service_reason_en=row.service_reason_en,
            retain_months=row.retain_months,
            retain_from=row.retain_from,
            consent_months=row.consent_months,
            automated=row.automated,
            since=SHIPPED_SINCE,
            shipped=True,
        )
        for row in shipped_purposes.PURPOSES
        if row.code not in have
    )


def _install_schedules(apps: Apps) -> None:
    try:
        Schedule = apps.get_model("classification", "Schedule")
    except LookupError:  # the registry of a migration from before there were any
        return
    have = set(Schedule.objects.values_list("scope", "subject"))
    Schedule.objects.bulk_create(
        Schedule(number=1, since=SHIPPED_SINCE, shipped=True, **asdict(row))
        for row in SCHEDULES
        if (row.scope, row.subject) not in have
    )
