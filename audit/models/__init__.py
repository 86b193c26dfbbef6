"""What audits leave behind: findings, cases, audits, decoys, leak traces; and what detectors go by."""

from audit.models.audits import Audit, AuditResult
from audit.models.cases import Case, CaseEntry
from audit.models.decoys import Decoy
from audit.models.findings import Finding, Sighting, Suppression
from audit.models.radius import BreachRadius, RadiusFile
from audit.models.reports import MonthlyReport
from audit.models.thresholds import DetectorLimit, WorkingHours
from audit.models.traces import LeakTrace

__all__ = [
    "Audit",
    "AuditResult",
    "BreachRadius",
    "Case",
    "CaseEntry",
    "Decoy",
    "DetectorLimit",
    "Finding",
    "LeakTrace",
    "MonthlyReport",
    "RadiusFile",
    "Sighting",
    "Suppression",
    "WorkingHours",
]
