"""What audits leave behind: findings, cases, audits, decoys; and what detectors go by: thresholds, working hours."""

from audit.models.audits import Audit, AuditResult
from audit.models.cases import Case, CaseEntry
from audit.models.findings import Finding, Sighting, Suppression
from audit.models.thresholds import DetectorLimit, WorkingHours

__all__ = [
    "Audit",
    "AuditResult",
    "Case",
    "CaseEntry",
    "DetectorLimit",
    "Finding",
    "Sighting",
    "Suppression",
    "WorkingHours",
]
