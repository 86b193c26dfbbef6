"""What audits leave behind: findings, cases, audits, decoys; and what detectors go by: thresholds, working hours."""

from audit.models.thresholds import DetectorLimit, WorkingHours

__all__ = ["DetectorLimit", "WorkingHours"]
