"""What audits leave behind: findings, cases, audits, decoys."""

from audit.models.audits import Audit, AuditResult
from audit.models.cases import Case, CaseEntry
from audit.models.findings import Finding, Sighting, Suppression
from audit.models.radius import BreachRadius, RadiusFile
from audit.models.reports import MonthlyReport
from audit.models.thresholds import DetectorLimit, WorkingHours

__all__ = [
    "Audit",
    "AuditResult",
    "BreachRadius",
    "Case",
    "CaseEntry",
    "DetectorLimit",
    "Finding",
    "MonthlyReport",
    "RadiusFile",
    "Sighting",
    "Suppression",
    "WorkingHours",
]
