"""What reading stands on, and what it leaves: rules, reasons, exports."""

from access.models.exports import Export
from access.models.rules import ReadingRule, ReadingRules, ReasonGiven

__all__ = ["Export", "ReadingRule", "ReadingRules", "ReasonGiven"]
