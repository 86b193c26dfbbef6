"""Audits as they stand: their last job, what they found, whether they can be signed, what was signed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from audit.models import Audit, AuditResult
from audit.queries import cases, findings
from jobs.models import Job
from staff.queries import acting

AUDIT_JOB = "audit.audit"


@dataclass(frozen=True, slots=True)
class AuditStanding:
    """One audit as it stands: its last job, and how many findings of its period are in which state."""

    audit: Audit
    job: Job | None
    counts: dict[str, int]
    unowned: int
    """Findings that keep it from being signed: open, or in a case whose owner no longer works here."""
    later: int
    """Findings of its period that came up after it was signed."""

    @property
    def found(self) -> int:
        """All findings of the period."""
        return sum(self.counts.values())


def last_job(audit: Audit) -> Job | None:
    """Return the newest job that examined this period."""
    jobs = Job.objects.filter(kind=AUDIT_JOB, parameters__audit=str(audit.pk))
    return jobs.order_by("-created_at").first()


def is_examined(audit: Audit) -> bool:
    """Return whether the period was examined to its end and nobody is examining it again."""
    job = last_job(audit)
    return job is not None and job.finished_at is not None


def standing(audit: Audit, at: datetime) -> AuditStanding:
    """Return how an audit stands at `at`."""
    found = findings.of_audit(audit, at)
    signed = audit.signed_at
    return AuditStanding(
        audit=audit,
        job=last_job(audit),
        counts=findings.by_state(found),
        unowned=unowned(found, at).count(),
        later=found.filter(found_at__gt=signed).count() if signed is not None and signed <= at else 0,
    )


def unowned(found: findings.Found, at: datetime) -> findings.Found:
    """Keep the findings that nobody decided, owns or put aside; an owner who cannot act owns nothing."""
    waiting = cases.standing(cases.cases(at).filter(findings__in=found, decision="").distinct(), at)
    able = acting({one.owner for one in waiting}, at)
    orphaned = [one.case.pk for one in waiting if one.owner not in able]
    return found.filter(Q(state=findings.OPEN) | Q(state=findings.IN_CASE, case__in=orphaned))


def unacknowledged(person: UUID) -> int:
    """Count the results that were sent to a person and that they have not acknowledged."""
    return AuditResult.objects.filter(person=person, acknowledged_at=None).count()


def digest(audit: Audit, at: datetime, untested: list[str]) -> str:
    """Return the digest of what an audit holds at `at`: its period, each finding as it stood, what was not tested.

    SHA-256 over canonical JSON (sorted keys, no spaces, UTF-8), in hex.
    """
    held = {
        "audit": str(audit.pk),
        "kind": audit.kind,
        "since": audit.since.isoformat(),
        "until": audit.until.isoformat(),
        "untested": sorted(untested),
        "findings": [_held(one) for one in _ordered(audit, at)],
    }
    plain = json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def _ordered(audit: Audit, at: datetime) -> list[findings.Standing]:
    return findings.standing(findings.of_audit(audit, at).order_by("pk"), at)


def _held(one: findings.Standing) -> list[object]:
    finding = one.finding
    return [
        str(finding.pk),
        finding.key,
        finding.code,
        str(finding.person or ""),
        one.sighting.digest if one.sighting else "",
        one.state,
        finding.case_id if one.state != findings.OPEN else None,
    ]
