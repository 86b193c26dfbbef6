"""Whoever was destroyed stands in no column of any table: not in messages, reports, proposals, texts or the trail."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connections

from access.requests import Draft
from access.services import compare, consents, export, requests
from access.services.reveal import Refused
from approvals.models import Proposal
from customers.services import contacts, records
from files import events as files_events
from files.services import read_texts
from retention.proposals.holds import propose_hold
from staff.models import Notification
from tests.customers import importing
from tests.retention.destroying import destroyed, fresh, proposed
from trail.models import Event
from trail.services import clock
from trail.services import record as trail_record
from vault.opening import CannotOpen

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
NUMBER = "KANARI-0417"
SAID = {
    "full_name": "濮阳金丝雀",
    "mobile": "15400770018",
    "resident_id": "119900199001010010",
    "email": "kanari.vogel@example.com",
    "address": "虚构省金丝雀市示例路一零七号",
}
RENAMED = "濮阳金丝雀儿"
CANARIES = {"number": NUMBER, "new name": RENAMED, **SAID}
ALLOWED = dict[str, str]()
"""Columns that may name somebody who was destroyed, each with the reason. There is none."""


def columns() -> Iterator[tuple[str, str, str]]:
    """Yield (database, table, column) of everything that can hold text: text, JSON, arrays and bytes."""
    for alias in ("default", "keyring"):
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "select table_name, column_name from information_schema.columns join pg_tables"
                " on tablename = table_name and schemaname = table_schema where table_schema = 'public'"
                " and (data_type in ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY'))"
            )
            yield from ((alias, *row) for row in cursor.fetchall())


def found(canaries: dict[str, str]) -> set[str]:
    """Return "table.column: canary" wherever one stands: as it is, in JSON's escapes, as bytes or in base64."""
    wrong = set()
    for alias, table, column in columns():
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "select to_regclass(%s) is not null and has_table_privilege(%s, 'select')", [table] * 2
            )
            if not cursor.fetchone()[0]:
                continue
            cursor.execute(f'select string_agg("{column}"::text, chr(10)) from "{table}"')
            held = cursor.fetchone()[0] or ""
        for name, value in canaries.items():
            plain = value.encode()
            written = (
                value,
                plain.hex(),
                base64.b64encode(plain).decode().rstrip("=")[:-1],
                value.encode("unicode_escape").decode(),
            )
            if any(one in held for one in written):
                wrong.add(f"{table}.{column}: {name}")
    return wrong


def test_no_column_names_somebody_who_was_destroyed(worker_house) -> None:
    house = worker_house
    ref = records.create(
        number=NUMBER, portfolio=house.north.code, values=SAID, scenario="handling", source="other", proof="证明",
        by=house.agent, at=clock(),
    ).ref  # fmt: skip
    worked_with(house, ref)
    before = found(CANARIES)
    assert {"customers_customer.number: number", "customers_valuechange.text: full_name"} <= before
    texts = texts_of_proposals()
    assert len(texts) == 2
    destroyed(proposed([ref]), house)
    assert not {one for one in found(CANARIES) if one.split(":")[0] not in ALLOWED}
    receipt = trail_record(
        files_events.READ, by=house.officer, at=clock(), facts={"file": "", "file_purpose": ""}, opens=texts
    )
    for text in texts:
        with pytest.raises(CannotOpen):
            read_texts([text], receipt=receipt)


def worked_with(house, ref) -> None:
    """Do with a customer what may leave their number or name somewhere."""
    agent, supervisor = house.agent, house.supervisor
    version = records.edit(
        ref=ref, version=1, values={"full_name": RENAMED}, scenario="handling", source="phone", by=agent, at=clock()
    ).version  # fmt: skip
    assert version == 2
    contact = contacts.touch(ref=ref, by=agent, at=clock())
    contacts.close(id=contact.pk, line=f"{NUMBER} {RENAMED}", by=agent, at=clock())
    for said in ("15400000001", "15400000002", "15400000003", "15400000004", SAID["mobile"]):
        try:
            compare.compare(ref, "mobile", said, by=agent, at=clock())
        except (compare.TooManyWrong, Refused):
            break
    consents.ask_confirmation(ref, by=agent, at=clock())
    assert Notification.objects.filter(code__in=("compare_used_up", "consent_waits")).count() >= 1
    same = f"客户编号,姓名,身份证号\nOTHER-1,诸葛示例,{SAID['resident_id']}\n{NUMBER},,{SAID['resident_id']}".encode()
    importing.check(same, supervisor)
    export.export_masked([ref], "csv", how="list", by=supervisor, at=clock())
    requests.ask(
        Draft(
            purpose="service", fields=("mobile",), customers=(ref,), starts_at=clock(),
            ends_at=clock() + timedelta(hours=1), reason=f"{RENAMED} 来电", justification="客户书面要求", exclude=False,
        ),
        by=agent, at=clock(),
    )  # fmt: skip
    hold = propose_hold(
        [NUMBER], field="", until=clock() + timedelta(days=9), reason=f"{NUMBER} 诉讼", by=fresh(house.officer),
        at=clock(),
    )  # fmt: skip
    assert NUMBER not in str(hold.content)
    assert Event.objects.exists()


def texts_of_proposals() -> list:
    return [one.reason for one in Proposal.objects.exclude(reason=None)]
