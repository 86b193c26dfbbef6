"""The figures of a monthly report: what was shown, refused and found in a period, and what was not tested (S0-40)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils import translation

from audit import detecting
from audit.models import Audit, AuditResult
from audit.queries import findings, volumes
from staff.models import Department, Person
from trail.sealing.state import state as trail_state

LANGUAGES = ("zh-hans", "en")
MOST_PEOPLE = 50
"""People named in a report; how many there were is said."""


def figures(since: datetime, until: datetime, at: datetime) -> dict[str, Any]:
    """Return the figures of a period as plain JSON, codes rather than words: a reader's language sets the words.

    Names of departments and people are those of the time of writing.
    """
    period = {"since": since, "until": until}
    number, people = volumes.by_person(**period, most=MOST_PEOPLE)
    named = {
        one.pk: (one.number, one.name, one.department.name)
        for one in Person.objects.filter(pk__in=[one.person for one in people]).select_related("department")
    }
    departments = dict(Department.objects.values_list("code", "name"))
    return {
        "levels": [[one.level, one.times, one.customers] for one in volumes.by_level(**period)],
        "departments": [
            [
                departments.get(one.department, one.department),
                one.people,
                one.shown,
                one.sensitive,
                one.refused,
            ]
            for one in volumes.by_department(**period)
        ],
        "people_number": number,
        "people": [
            [*named.get(one.person, ("", "", "")), one.shown, one.sensitive, one.customers, one.refused]
            for one in people
        ],
        "months": [
            [one.month.strftime("%Y-%m"), one.shown, one.sensitive, one.refused]
            for one in volumes.by_month(until=until)
        ],
        "refusals": [[one.kind, one.times, one.people] for one in volumes.refusals(**period)],
        "budgets": [[one.budget, one.step, one.times, one.people] for one in volumes.budgets_hit(**period)],
        "findings": [
            [code, states]
            for code, states in findings.by_code(
                findings.of_period(findings.findings(at), since, until, at)
            ).items()
        ],
        "untested": {language: _untested(language, since, until) for language in LANGUAGES},
        "trail": _trail(at),
        "audit": _audit(since, until, at),
    }


def hash_of(counted: Mapping[str, Any]) -> str:
    """Return the SHA-256 of figures as canonical JSON (sorted keys, no spaces, UTF-8), in hex."""
    plain = json.dumps(counted, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(plain.encode()).hexdigest()


def _untested(language: str, since: datetime, until: datetime) -> list[str]:
    """Return what detectors could not look at, in words of one language: they are frozen with the report."""
    with translation.override(language):
        return [str(one) for one in detecting.untested(since, until)]


def _trail(at: datetime) -> dict[str, Any]:
    state = trail_state(at)
    return {
        "events": state.events,
        "sealed": state.sealed,
        "sealed_at": _moment(state.sealed_at),
        "unsealed": state.unsealed,
        "witnessed": state.witnessed,
        "witnessed_at": _moment(state.witnessed_at),
        "witness": state.witness,
        "unwitnessed": state.unwitnessed,
    }


def _audit(since: datetime, until: datetime, at: datetime) -> dict[str, Any] | None:
    audit = Audit.objects.filter(since=since, until=until, started_at__lte=at).first()
    if audit is None:
        return None
    signed = audit.signed_at is not None and audit.signed_at <= at
    results = AuditResult.objects.filter(audit=audit, sent_at__lte=at)
    return {
        "signed_at": _moment(audit.signed_at) if signed else None,
        "signed_by": f"{audit.signed_by_name} {audit.signed_by_number}" if signed else "",
        "digest": audit.digest if signed else "",
        "results": [
            [
                one.department,
                one.name,
                one.number,
                _moment(one.sent_at),
                _moment(_until(one.acknowledged_at, at)),
            ]
            for one in results
        ],
    }


def _until(moment: datetime | None, at: datetime) -> datetime | None:
    return moment if moment is not None and moment <= at else None


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
