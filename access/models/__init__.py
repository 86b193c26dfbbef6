"""What reading stands on, and what it leaves: rules, reasons, usage requests, exports."""

from access.models.exports import Export
from access.models.requests import GrantUse, Revocation, UsageRequest
from access.models.rules import ReadingRule, ReadingRules, ReasonGiven

__all__ = ["Export", "GrantUse", "ReadingRule", "ReadingRules", "ReasonGiven", "Revocation", "UsageRequest"]
