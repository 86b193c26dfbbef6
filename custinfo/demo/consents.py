"""Notices that were signed and published, and what the demo's customers answered to them. Nobody here exists."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from django.db import transaction

from approvals import services as approvals
from consent import drafting, events
from consent.models import GIVEN, LANGUAGES, REFUSED, WITHDRAWN, ConsentRecord, NoticeVersion
from consent.services import notices
from consent.services.records import Answer, asked_of, covered
from custinfo.demo.cast import CAST, actor
from customers.digests import written_exposure
from customers.models import Customer
from lawbook.models import MONTH
from lawbook.terms import Term
from staff.models import Person
from trail import services as trail
from trail.actor import Actor

CHUNK = 250
SERVED = ("complaint", "service")
PURPOSES = ("service", "complaint", "quality", "marketing", "registration", "handling")
TYPED: dict[str, drafting.Typed] = json.loads(Path(__file__).with_name("notices.json").read_text("utf-8"))
"""What the officer wrote: notice → language → section → text."""


def publish_notices(people: dict[str, Person], at: datetime) -> list[NoticeVersion]:
    """Let the officer propose a notice and the security policy, and the head sign them, 95 days ago."""
    then = at - timedelta(days=95)
    officer, head = _member(people, "D1001", then), _member(people, "H1001", then)
    return [
        _publish(
            "counter",
            "notice",
            "counter",
            "个人信息处理告知书",
            "Privacy notice",
            TYPED["counter"],
            PURPOSES,
            officer,
            head,
            then,
        ),
        _publish(
            "security_policy",
            "policy",
            "online",
            "客户信息安全政策",
            "Security policy",
            TYPED["security_policy"],
            (),
            officer,
            head,
            then,
        ),
    ]


def _publish(
    code: str,
    kind: str,
    channel: str,
    name_zh: str,
    name_en: str,
    typed: drafting.Typed,
    purposes: Sequence[str],
    officer: Actor,
    head: Actor,
    at: datetime,
) -> NoticeVersion:
    made = notices.add_notice(
        code, kind=kind, channel=channel, name_zh=name_zh, name_en=name_en, by=officer, at=at
    )
    draft = notices.write_draft(made, typed=typed, purposes=purposes, by=officer, at=at)
    proposal = notices.propose(draft, reason="", by=officer, at=at)
    outcome = approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=head, at=at)
    assert isinstance(outcome.result, NoticeVersion)
    return outcome.result


def record_answers(people: dict[str, Person], version: NoticeVersion, at: datetime) -> int:
    """Record what two of three customers answered over the last 90 days; return how many answers there are."""
    draw = Random(13)  # noqa: S311  (plausible, not secret)
    by = _member(people, "S1001", at)
    asked = [
        customer
        for customer in Customer.objects.select_related("portfolio").order_by("number")
        if draw.random() < 0.66
    ]
    made = 0
    for start in range(0, len(asked), CHUNK):
        then = at - timedelta(days=90 * (1 - start / max(1, len(asked))), hours=draw.randrange(8))
        made += _record(asked[start : start + CHUNK], version, draw, by, then)
    return made


def _record(
    customers: Sequence[Customer], version: NoticeVersion, draw: Random, by: Actor, at: datetime
) -> int:
    rows = []
    for customer in customers:
        yes, separate, withdraws = draw.random() < 0.93, draw.random() < 0.6, draw.random() < 0.04
        served = [_answer(customer.ref, version, one, yes, separate, by, at) for one in SERVED]
        rows += [*served, _answer(customer.ref, version, "marketing", draw.random() < 0.3, False, by, at)]
        if yes and withdraws:
            rows += [_withdrawal(one, at + timedelta(days=5)) for one in served]
    with transaction.atomic():
        ConsentRecord.objects.bulk_create(rows)
        trail.record(
            events.RECORDED,
            by=by,
            at=at,
            facts={
                "records": [str(row.ref) for row in rows],
                "given": [row.purpose for row in rows if row.answer == GIVEN],
                "refused": [row.purpose for row in rows if row.answer == REFUSED],
                "separate": [row.purpose for row in rows if row.separate],
                "fields": sorted({code for row in rows for code in row.fields}),
                "method": "checkbox",
                "notice": version.notice_id,
                "version": version.number,
                "effective_at": at.isoformat(),
            },
            exposures=[written_exposure(customer) for customer in customers],
        )
    return len(rows)


def _answer(
    ref: UUID, version: NoticeVersion, purpose: str, yes: bool, separate: bool, by: Actor, at: datetime
) -> ConsentRecord:
    asked = asked_of(version)[purpose]
    answer = Answer(purpose=purpose, yes=yes, separate=separate)
    months = asked["consent_months"]
    return ConsentRecord(
        subject=ref,
        purpose=purpose,
        version=version,
        language=LANGUAGES[0],
        answer=GIVEN if yes else REFUSED,
        fields=covered(asked, answer) if yes else [],
        separate=yes and separate,
        method="checkbox",
        source="desk",
        captured_by_id=by.id,
        captured_by_number=by.number,
        site=by.site,
        ip=by.ip,
        effective_at=at,
        at=at,
        valid_until=Term(months, MONTH).after(at) if yes and months else None,
    )


def _withdrawal(given: ConsentRecord, at: datetime) -> ConsentRecord:
    return ConsentRecord(
        subject=given.subject,
        purpose=given.purpose,
        version=given.version,
        language=given.language,
        answer=WITHDRAWN,
        method="decision",
        source="desk",
        captured_by_id=given.captured_by_id,
        captured_by_number=given.captured_by_number,
        site=given.site,
        ip=given.ip,
        effective_at=at,
        at=at,
    )


def _member(people: dict[str, Person], number: str, at: datetime) -> Actor:
    member = next(one for one in CAST if one.number == number)
    return replace(actor(people[number], member), second_factor_at=at)
