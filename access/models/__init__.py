"""What reading stands on, and what it leaves: rules, reasons, budgets, usage requests, emergencies, exports."""

from access.models.break_glass import BreakGlass, BreakGlassReview
from access.models.budgets import BudgetPortion, RowBudget
from access.models.exports import Export
from access.models.requests import GrantUse, Revocation, UsageRequest
from access.models.rules import ReadingRule, ReadingRules, ReasonGiven

__all__ = [
    "BreakGlass",
    "BreakGlassReview",
    "BudgetPortion",
    "Export",
    "GrantUse",
    "ReadingRule",
    "ReadingRules",
    "ReasonGiven",
    "Revocation",
    "RowBudget",
    "UsageRequest",
]
