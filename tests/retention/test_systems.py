"""The register of downstream systems, and what a destruction says to those who keep them."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from access.events import VALUE_DELIVERED
from classification.queries import catalogue
from retention import certificate
from retention.models import DownstreamSystem, SystemTold
from retention.queries.recipients import waiting
from retention.queries.systems import holding, told_systems
from retention.records import verified
from retention.services import recipients, systems
from staff.services.people import NotAllowed
from tests.customers.builders import bulk_make
from tests.retention.destroying import destroyed, proposed
from trail.exposed import USED, Exposed
from trail.models import Event
from trail.services import clock
from trail.services import record as trail_record

SAID = {"name": "营销平台", "owner": "数据平台组", "contact": "platform@example.com", "how": "mail"}


def kinds_since(start: int) -> list[str]:
    rows = Event.objects.filter(id__gt=start, kind__startswith="retention.system")
    return list(rows.order_by("id").values_list("kind", flat=True))


def last_event() -> int:
    return Event.objects.order_by("-id").values_list("id", flat=True).first() or 0


@pytest.mark.django_db(databases=["default", "keyring"])
def test_keeps_what_each_system_holds_with_an_event_for_every_change(house):
    officer, at, start = house.officer, clock(), last_event()
    row = systems.save(None, **SAID, fields=["mobile"], categories=[], by=officer, at=at)
    systems.save(row.pk, **SAID | {"how": "phone"}, fields=[], categories=["basic"], by=officer, at=at)
    with pytest.raises(systems.NotEntered, match="listed_already"):
        systems.save(None, **SAID, fields=["mobile"], categories=[], by=officer, at=at)
    with pytest.raises(systems.NotEntered, match="holds_nothing"):
        systems.save(None, **SAID | {"name": "b"}, fields=[], categories=[], by=officer, at=at)
    with pytest.raises(NotAllowed):
        systems.end(row.pk, by=house.head, at=at)
    systems.end(row.pk, by=officer, at=at)
    with pytest.raises(systems.NotEntered, match="ended"):
        systems.end(row.pk, by=officer, at=at)
    kept = DownstreamSystem.objects.get(pk=row.pk)
    assert (kept.how, kept.fields, kept.categories, kept.ended_at) == ("phone", [], ["basic"], at)
    assert kinds_since(start) == [f"retention.system_{act}" for act in ("entered", "changed", "ended")]
    with pytest.raises(DatabaseError), transaction.atomic():
        kept.delete()


@pytest.mark.django_db(databases=["default", "keyring"])
def test_names_whoever_holds_a_field_or_its_category_and_still_holds_it(house):
    at = clock()
    for name, fields, categories in (
        ("字段", ["email"], []),
        ("类别", [], ["basic"]),
        ("已停用", ["email"], []),
    ):
        row = systems.save(
            None, **SAID | {"name": name}, fields=fields, categories=categories, by=house.officer, at=at
        )
    systems.end(row.pk, by=house.officer, at=at)
    known = catalogue(at)
    for codes, names in (
        (["email"], {"字段"}),
        (["full_name", "mobile"], {"类别"}),
        (["mobile"], set()),
        ([], {"字段", "类别"}),
    ):
        assert {one["name"] for one in holding(codes, known)} == names


@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_a_destruction_names_whoever_holds_its_fields_and_keeps_that_they_were_told(worker_house):
    house, officer = worker_house, worker_house.officer
    (ref,) = bulk_make(1, portfolio=house.north, at=clock())
    holds = {"营销平台": ["email"], "仓库": ["mobile"], "旧平台": ["email"]}
    rows = {
        name: systems.save(None, **SAID | {"name": name}, fields=codes, categories=[], by=officer, at=clock())
        for name, codes in holds.items()
    }
    systems.end(rows["旧平台"].pk, by=officer, at=clock())
    assert [one["name"] for one in holding(["email"], catalogue(clock()))] == ["营销平台"]
    mailed = Exposed(ref, USED, clear=("email",), level=3)
    facts = {"field": "email", "text": "", "ground": ""}
    trail_record(VALUE_DELIVERED, by=house.agent, at=clock(), facts=facts, exposures=[mailed])
    record = destroyed(proposed([ref]), house)
    assert {one["name"] for one, _row in told_systems(record)} == {"营销平台", "仓库"}
    counted = {one["what"]: one["number"] for one in record.content["copies"]}
    assert (counted["systems"], counted["texts_sent"]) == (2, 1)
    one, today = rows["仓库"].pk, timezone.localdate(clock())
    for day, system in ((today + timedelta(days=1), one), (today, rows["旧平台"].pk)):
        with pytest.raises(recipients.NotNoted):
            recipients.tell_system(record, system, told_on=day, how="mail", by=officer, at=clock())
    with pytest.raises(NotAllowed):
        recipients.tell_system(record, one, told_on=today, how="mail", by=house.head, at=clock())
    recipients.tell_system(record, one, told_on=today, how="phone", by=officer, at=clock())
    with pytest.raises(recipients.NotNoted, match="told_already"):
        recipients.tell_system(record, one, told_on=today, how="mail", by=officer, at=clock())
    assert (waiting(record), Event.objects.latest("id").kind) == (1, "retention.system_told")
    shown = {row.name: row for row in certificate.systems(record)}
    assert (shown["仓库"].waits, shown["营销平台"].waits) == (False, True)
    assert shown["仓库"].contact == SAID["contact"]
    assert SAID["contact"] not in str(record.content), "whom to reach is read from the register"
    assert verified(record)
    with pytest.raises(DatabaseError), transaction.atomic():
        SystemTold.objects.all().delete()
