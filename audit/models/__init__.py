"""What audits leave behind: findings, cases, audits, decoys, leak traces."""

from audit.models.decoys import Decoy
from audit.models.traces import LeakTrace

__all__ = ["Decoy", "LeakTrace"]
