"""Deposits cross from the main data to the restricted database, each side in its own role."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.utils import DatabaseError

from customers.verification.looking import look
from files import apart
from files.apart import Given
from files.models import ApartDeposit, ApartPart
from restricted import sealed
from restricted.models import DataKey, Value, ValuePart
from tests.access.cast import kinds_since, last_event
from tests.database import APP, RESTRICTED, log_in_as
from trail import services as trail
from trail.actor import Actor
from trail.events import TRAIL_READ
from trail.exposed import REVEALED, Exposed
from vault.deposit import open_deposit, seal_deposit
from vault.envelope import CannotOpen

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"], transaction=True)
BY = Actor.system("test.hands_over")
BIG = "征信 L4-CANARY ".encode() * 150_000
"""More than two megabytes."""


def jobs() -> None:
    """Make one round as the restricted host does."""
    log_in_as(RESTRICTED)
    try:
        call_command("restricted_jobs", "--once")
    finally:
        log_in_as(APP)


def hand_over(content: bytes = BIG, **facts) -> ApartDeposit:
    given: dict[str, Any] = {
        "subject": uuid4(),
        "field": "credit_report",
        "name": "张三的报告.pdf",
        "content": content,
    }
    given |= facts
    return apart.deposit(Given(**given), by=BY, at=trail.clock())


def content_of(value: Value) -> bytes:
    shown = Exposed(value.subject, REVEALED, clear=(value.field,), level=4)
    facts = {"scope": "self", "filters": []}
    receipt = trail.record(TRAIL_READ, by=BY, at=trail.clock(), facts=facts, exposures=[shown])
    assert sealed.name(value, receipt) == "张三的报告.pdf"
    return sealed.content(value, receipt)


def test_takes_in_acknowledges_and_destroys_on_order(settings) -> None:
    row = hand_over()
    waiting = b"".join(bytes(part.sealed) for part in ApartPart.objects.filter(deposit=row))
    assert b"L4-CANARY" not in waiting
    assert "张三".encode() not in waiting
    with pytest.raises(CannotOpen):  # with what the worker has, the greatest power of the main site
        open_deposit(waiting, settings.BASE_DIR / settings.DEPOSIT_KEY_FILE)
    start = last_event()
    jobs()
    assert kinds_since(start) == ["restricted.taken_in"]
    assert ApartPart.objects.count() == 0
    row.refresh_from_db()
    assert row.taken_at is not None
    assert apart.answers(trail.clock())
    value = Value.objects.get(pk=row.pk)
    assert (value.parts > 2, content_of(value)) == (True, BIG)
    jobs()
    assert Value.objects.count() == 1

    apart.order_destruction(row.pk, why="test", by=BY, at=trail.clock())
    apart.order_destruction(row.pk, why="test", by=BY, at=trail.clock())
    start = last_event()
    jobs()
    assert kinds_since(start) == ["restricted.destroyed"]
    (held,) = apart.held(row.subject)
    assert held.destroyed_at is not None
    assert (DataKey.objects.count(), ValuePart.objects.count()) == (0, 0)


def test_what_was_exchanged_before_it_was_taken_in_stays_found() -> None:
    """Whoever has the database can seal to the restricted host, as anybody can; the trail tells the two apart."""
    rows = [hand_over(b"one"), hand_over(b"two")]
    facts = {"scope": "self", "filters": []}
    told = [apart.told(row) for row in rows]
    brought = trail.record(TRAIL_READ, by=BY, at=trail.clock(), facts=facts, exposures=told)
    forged = json.dumps(
        {"format": 1, "deposit": str(rows[0].pk), "subject": str(rows[0].subject), "field": "credit_report"}
    )
    exchanged = seal_deposit(f"{forged}\nanother".encode(), Path(settings.RESTRICTED_RECIPIENT_FILE))
    log_in_as(RESTRICTED)
    ApartPart.objects.filter(deposit=rows[0]).delete()
    log_in_as(APP)
    ApartPart.objects.create(deposit=rows[0], number=0, sealed=exchanged)
    start = last_event()
    jobs()
    assert kinds_since(start) == ["restricted.taken_in"] * 2
    found = {row.pk: look(0, 1).found for row in rows}
    (one,) = (each for each in found[rows[0].pk] if each.fields == ("credit_report",))
    assert (one.customer, one.code) == (rows[0].subject, "changed")
    assert one.event is not None
    assert one.event > brought.event
    assert not [each for each in found[rows[1].pk] if each.customer == rows[1].subject]


def test_takes_once_what_was_not_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    row = hand_over()
    with monkeypatch.context() as patch:
        patch.setattr(apart, "dealt_with", None)
        jobs()
    assert Value.objects.count() == 1
    row.refresh_from_db()
    assert ApartDeposit.objects.waiting().exists()
    jobs()
    assert not ApartDeposit.objects.waiting().exists()
    assert content_of(Value.objects.get()) == BIG


def test_refuses_what_was_sealed_for_another_customer_or_changed() -> None:
    moved, changed, good = hand_over(b"one"), hand_over(b"two"), hand_over(b"three")
    other = ApartDeposit.objects.create(
        id=uuid4(), subject=uuid4(), field="credit_report", size=3, parts=1, created_at=trail.clock()
    )
    stolen = bytes(ApartPart.objects.get(deposit=moved).sealed)
    ApartPart.objects.create(deposit=other, number=0, sealed=stolen)
    ApartPart.objects.create(deposit=changed, number=1, sealed=b"more")
    start = last_event()
    jobs()
    kinds = kinds_since(start)
    assert sorted(kinds) == ["restricted.deposit_refused"] * 2 + ["restricted.taken_in"] * 2
    assert set(Value.objects.values_list("pk", flat=True)) == {moved.pk, good.pk}


def test_the_main_site_changes_and_acknowledges_nothing() -> None:
    row = hand_over(b"one")
    for statement in (
        "update files_apartdeposit set subject = gen_random_uuid()",
        "update files_apartdeposit set taken_at = now()",
        "delete from files_apartpart",
        "delete from files_apartdeposit",
        "update files_apartorder set done_at = now()",
        "update files_apartending set done_at = now()",
        "delete from files_apartending",
        "insert into files_apartpulse (id, seen_at) values (1, now())",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(statement)
    row.refresh_from_db()
    assert row.taken_at is None


def test_the_restricted_role_reads_no_customer_of_the_main_data() -> None:
    here = connections["default"].settings_dict
    login = psycopg.connect(
        dbname=here["NAME"],
        host=here["HOST"],
        port=here["PORT"],
        user=RESTRICTED["default"]["USER"],
        password=RESTRICTED["default"]["PASSWORD"],
        autocommit=True,
    )
    with login:
        rights = login.execute(
            "select relname, privilege from pg_class, unnest(array['select', 'insert', 'update', 'delete']) privilege"
            " where relkind in ('r', 'p', 'v', 'm') and relnamespace = 'public'::regnamespace"
            " and (has_table_privilege(current_user, oid, privilege)"
            "   or privilege <> 'delete' and has_any_column_privilege(current_user, oid, privilege))"
        ).fetchall()
    reads = {
        *("staff_person", "staff_department", "staff_roleholding", "staff_headship", "staff_freeze"),
        *(
            "staff_site",
            "staff_network",
            "staff_undertaking",
            "staff_training",
            "staff_requiredcourse",
            "classification_field",
            "classification_fieldversion",
            "classification_schedule",
        ),
        *("classification_purpose", "classification_purposeversion", "trail_event"),
        *("files_apartdeposit", "files_apartpart", "files_apartorder", "files_apartpulse"),
        *("files_apartsealing", "files_apartrestriction", "files_apartending"),
    }
    writes = {
        ("trail_event", "insert"),
        ("trail_exposure", "insert"),
        ("staff_notification", "insert"),
        ("files_apartdeposit", "update"),
        ("files_apartpart", "delete"),
        ("files_apartorder", "update"),
        ("files_apartending", "update"),
        ("files_apartpulse", "insert"),
        ("files_apartpulse", "update"),
    }
    assert set(rights) == {(table, "select") for table in reads} | writes


def test_a_sealed_host_takes_nothing_in_but_destroys_on_order() -> None:
    gone = hand_over(b"gone")
    jobs()
    apart.order_sealing(by=BY, at=trail.clock())
    waits = hand_over(b"waits")
    apart.order_destruction(gone.pk, why="test", by=BY, at=trail.clock())
    jobs()
    assert Value.objects.get(pk=gone.pk).destroyed_at is not None
    assert ApartDeposit.objects.get(pk=waits.pk).taken_at is None
    log_in_as(RESTRICTED)
    try:
        call_command("restricted_unseal")
    finally:
        log_in_as(APP)
    jobs()
    assert Value.objects.filter(pk=waits.pk).exists()
