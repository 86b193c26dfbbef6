"""Start an audit, sign it off, acknowledge its result (S0-40, S3-14)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from audit import deciding, detecting, events
from audit.models import Audit, AuditResult
from audit.models.audits import HAND, MONTHLY
from audit.periods import month_before
from audit.queries import audits, findings
from audit.services import holding
from jobs import services as jobs
from jobs.models import Job
from staff import step_up
from staff.models import Person
from staff.permissions import may
from staff.queries import heads, holders_of
from staff.roles import OFFICER, SUPERVISOR
from staff.services.notifications import notify
from trail import services as trail
from trail.actor import Actor

LONGEST = timedelta(days=366)


class NotAllowed(PermissionError):
    """The person's roles do not carry this."""


class CannotStart(Exception):
    """No audit starts: `not_begun` (its period lies ahead) or `too_long`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotSigned(Exception):
    """The audit is not signed: `signed`, `not_over`, `not_examined`, `own`, `open` (with how many findings are)."""

    def __init__(self, code: str, number: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.number = number


def start_monthly(*, by: Actor, at: datetime) -> Job | None:
    """Start the audit of the month before, as the schedule does; None when it was started already.

    Asked daily: what failed or was stopped is started again.
    """
    since, until = month_before(at)
    with transaction.atomic():
        audit = _audit(MONTHLY, since, until, by, at)
        last = audits.last_job(audit)
        if audit.signed_at or (last and not last.error_code and not last.cancelled_at):
            return None
        return _start(audit, by, at)


def start_by_hand(*, since: datetime, until: datetime, by: Actor, at: datetime) -> Audit:
    """Examine a period now; a period that was examined before is examined again, and nothing found twice.

    :raises NotAllowed: the person does not sign audits.
    :raises CannotStart: with the reason.
    """
    if not may(by, deciding.SIGN):
        raise NotAllowed
    if since >= at:
        raise CannotStart("not_begun")
    if until - since > LONGEST:
        raise CannotStart("too_long")
    kind = MONTHLY if Audit.objects.filter(kind=MONTHLY, since=since, until=until).exists() else HAND
    with transaction.atomic():
        audit = _audit(kind, since, until, by, at)
        last = audits.last_job(audit)
        if last is None or not Job.objects.open().filter(pk=last.pk).exists():
            _start(audit, by, at)
    return audit


def _audit(kind: str, since: datetime, until: datetime, by: Actor, at: datetime) -> Audit:
    """Return the audit of a period, locked: the row is there once, whoever comes first."""
    made = Audit(kind=kind, since=since, until=until, started_at=at, started_by_number=by.number)
    Audit.objects.bulk_create([made], ignore_conflicts=True)
    return Audit.objects.select_for_update().get(kind=kind, since=since, until=until)


def _start(audit: Audit, by: Actor, at: datetime) -> Job:
    job = jobs.start(audits.AUDIT_JOB, by=by, at=at, parameters={"audit": str(audit.pk)})
    facts = {
        "audit": str(audit.pk),
        "audit_kind": audit.kind,
        "since": audit.since.isoformat(),
        "until": audit.until.isoformat(),
        "job": str(job.pk),
    }
    trail.record(events.AUDIT_STARTED, by=by, at=at, facts=facts)
    return job


def sign(id: UUID, *, by: Actor, at: datetime) -> Audit:
    """Sign an audit off: every finding is decided, owned or put aside. Then its results go to the departments.

    :raises NotAllowed: the person does not sign audits.
    :raises staff.step_up.StepUpNeeded: the second factor is not fresh.
    :raises Audit.DoesNotExist: there is none.
    :raises NotSigned: with the reason.
    """
    if not may(by, deciding.SIGN) and not may(by, "audit.acknowledge"):
        raise NotAllowed
    step_up.require(by, at=at)
    with transaction.atomic():
        holding.hold_all()
        audit = Audit.objects.select_for_update().get(pk=id)
        _insist_signable(audit, by, at)
        assert by.id is not None
        audit.signed_at, audit.signed_by_id = at, by.id
        audit.signed_by_number, audit.signed_by_name = by.number, by.name
        audit.digest = audits.digest(audit, at, detecting.untested(audit.since, audit.until))
        signed = ["signed_at", "signed_by_id", "signed_by_number", "signed_by_name", "digest"]
        audit.save(update_fields=signed)
        told = _send(audit, at)
        count = findings.of_audit(audit, at).count()
        facts = {"audit": str(id), "hash": audit.digest, "findings": count, "told": told}
        trail.record(events.AUDIT_SIGNED, by=by, at=at, facts=facts)
    return audit


def may_sign(audit: Audit, by: Actor, at: datetime) -> bool:
    """Return whether this person may sign: an officer whom no finding is about, else who signs for all officers."""
    about = {one for one in findings.of_audit(audit, at).values_list("person", flat=True) if one is not None}
    if by.id is None or by.id in about:
        return False
    if may(by, deciding.SIGN):
        return True
    officers = holders_of(OFFICER, at)
    return officers <= about and deciding.answers_for(by, officers, at)


def _insist_signable(audit: Audit, by: Actor, at: datetime) -> None:
    if audit.signed_at is not None:
        raise NotSigned("signed")
    if not may_sign(audit, by, at):
        raise NotSigned("own")
    if audit.until > at:
        raise NotSigned("not_over")
    if not audits.is_examined(audit):
        raise NotSigned("not_examined")
    # SECURITY: an audit says that somebody looked at everything it found.
    if left := audits.unowned(findings.of_audit(audit, at), at).count():
        raise NotSigned("open", left)


def _send(audit: Audit, at: datetime) -> int:
    """Leave the result for everybody who answers for people; no customer and nobody's name is in the message."""
    leaders = holders_of(SUPERVISOR, at) | heads(at)
    people = Person.objects.filter(pk__in=leaders).select_related("department")
    AuditResult.objects.bulk_create(
        AuditResult(
            audit=audit,
            person=one.pk,
            number=one.number,
            name=one.name,
            department=one.department.code,
            sent_at=at,
        )
        for one in people
    )
    params = {"since": audit.since.isoformat(), "until": audit.until.isoformat()}
    notify(leaders, "audit_signed", params=params, link=f"/audits/{audit.pk}/", at=at)
    return len(people)


def acknowledge(id: UUID, *, by: Actor, at: datetime) -> AuditResult:
    """Say that one has read the result; it can be said once.

    :raises NotAllowed: the person's roles acknowledge nothing.
    :raises AuditResult.DoesNotExist: nothing was sent to this person, or it is acknowledged.
    """
    if by.id is None or not may(by, "audit.acknowledge"):
        raise NotAllowed
    with transaction.atomic():
        waiting = AuditResult.objects.select_for_update().filter(acknowledged_at=None)
        result = waiting.get(audit=id, person=by.id)
        result.acknowledged_at = at
        result.save(update_fields=["acknowledged_at"])
        facts = {"audit": str(id), "department": result.department}
        trail.record(events.AUDIT_ACKNOWLEDGED, by=by, at=at, facts=facts)
    return result
