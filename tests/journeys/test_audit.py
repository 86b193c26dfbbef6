"""A month's audit: an alarm and a pattern, a case, the signature, and the departments that acknowledge (S0-40..42)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from audit import run
from audit.models import Audit, Case, Finding
from audit.periods import month_before
from audit.queries.audits import last_job
from audit.services import alarms
from audit.tasks import start_audit
from jobs import running
from tests.audit.finding import one
from tests.journeys.firm import Firm, Since
from trail.actor import Actor
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


def day_in(days: int) -> str:
    return f"{timezone.localdate(clock()) + timedelta(days=days):%Y-%m-%d}"


def test_a_month_is_audited_signed_and_acknowledged(firm: Firm) -> None:
    officer, supervisor, auditor = (
        firm.at_work("officer"),
        firm.at_work("supervisor"),
        firm.at_work("auditor"),
    )
    agent = firm.cast.agent()
    since = Since()

    start_audit()
    audit = Audit.objects.get()
    running.run(last_job(audit).pk, run.examine)  # type: ignore[union-attr]  # the worker's part
    assert since.kinds() == ["audit.started", "audit.finished"]
    start_audit()
    assert since.kinds() == [], "done once"

    pattern = one(agent, month_before(clock())[0] + timedelta(days=3), seen_at=clock())
    assert since.kinds() == ["finding.opened"]
    page, sheet = f"/audits/{audit.pk}/", f"/findings/{pattern.pk}/"
    assert agent.name in officer.get("/findings/")
    refused = officer.post(f"{page}sign/", 409).words
    assert "1 条发现既未处理也无人负责" in refused
    assert since.kinds() == []

    assert agent.name in officer.get(sheet)
    case = officer.post(f"{sheet}take/", due=day_in(9))["Location"]
    officer.post(f"{case}note/", words="已与其主管沟通")
    assert "已与其主管沟通" in officer.get(case)
    assert "已与其主管沟通" not in auditor.get(case)
    officer.post(f"{case}decide/", decision="violation", words="无业务需要")
    assert since.kinds() == [
        "finding.read", "case.opened", "case.noted", "case.read", "case.read", "case.decided",
    ]  # fmt: skip

    officer.post(f"{page}sign/")
    assert since.kinds() == ["audit.signed"]
    assert re.search(r"[0-9a-f]{64}", auditor.get(page))
    supervisor.post(f"{page}acknowledge/")
    assert since.kinds() == ["audit.acknowledged"]
    assert "尚未确认" not in officer.get(page)


def test_a_problem_reported_without_a_name_is_a_finding_within_a_minute(firm: Firm) -> None:
    officer, agent = firm.at_work("officer"), firm.at_work("agent")
    upkeep = Actor.system("audit.alarms")
    while alarms.sweep(by=upkeep, at=clock()):
        pass  # alarms of before this journey: nothing empties the trail
    known = set(Finding.objects.values_list("pk", flat=True))
    since = Since()
    agent.post("/problems/report/", 200, text="有人拍屏幕", anonymous="on")
    assert since.kinds() == ["problem.reported"]
    alarms.sweep(by=upkeep, at=clock())
    assert since.kinds() == ["finding.opened"]
    row = Finding.objects.exclude(pk__in=known).get()
    report = re.findall(r'href="(/problems/[0-9a-f-]{36}/)"', officer.get(f"/findings/{row.pk}/"))[0]
    assert "有人拍屏幕" in officer.get(report)
    officer.post(f"/findings/{row.pk}/explain/", words="已提醒该同事")
    assert since.kinds() == ["finding.read", "problem.read", "finding.explained"]
    assert not Case.objects.exists()
