"""The audit of the demo: last month examined, a few findings in different states, a problem reported without a name."""

from dataclasses import replace
from datetime import datetime, timedelta

from audit import run
from audit.models import Finding
from audit.queries import findings
from audit.services import alarms, audits, cases
from audit.services import findings as acts
from custinfo.demo.cast import CAST, actor
from desk import problems
from jobs import running
from staff.models import Person
from trail import services as trail
from trail.actor import Actor

REPORTED = "有同事在聊天群里发过客户电话，请核实。"
EXPLAINED = "当晚按排班值守，主管已确认。"
NOTED = "已向其主管了解情况，等待排班记录。"
TIME = timedelta(days=10)


def make_findings(people: dict[str, Person], at: datetime) -> int:
    """Examine last month, explain one finding, take one into a case; return how many findings there are.

    :param at: now.
    """
    job = audits.start_monthly(by=Actor.system("audit.monthly"), at=at)
    if job is not None:
        running.run(job.pk, run.examine)
    problems.report_anonymously(REPORTED, at=trail.clock())
    alarms.sweep(by=Actor.system("audit.alarms"), at=trail.clock())
    member = next(one for one in CAST if one.number == "D1001")
    at = trail.clock()
    by = replace(actor(people[member.number], member), second_factor_at=at)
    waiting = findings.findings(at).filter(state=findings.OPEN, source="detector").exclude(person=by.id)
    explained, taken = (*waiting.order_by("found_at", "key")[:2], None, None)[:2]
    if explained is not None:
        acts.explain(explained.pk, words=EXPLAINED, by=by, at=at)
    if taken is not None:
        case = cases.take(taken.pk, due_at=at + TIME, by=by, at=at)
        cases.note(case.pk, words=NOTED, by=by, at=at)
    return Finding.objects.count()
