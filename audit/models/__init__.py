"""What audits leave behind: findings, cases, audits, decoys, leak traces; and what detectors go by."""

from audit.models.decoys import Decoy
from audit.models.thresholds import DetectorLimit, WorkingHours
from audit.models.traces import LeakTrace

__all__ = ["Decoy", "DetectorLimit", "LeakTrace", "WorkingHours"]
