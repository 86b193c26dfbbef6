"""What audits leave behind: findings, cases, audits, decoys."""

from audit.models.audits import Audit, AuditResult
from audit.models.cases import Case, CaseEntry
from audit.models.findings import Finding, Sighting, Suppression

__all__ = ["Audit", "AuditResult", "Case", "CaseEntry", "Finding", "Sighting", "Suppression"]
