"""What reading stands on, and what it leaves: rules, reasons, budgets, usage requests, emergencies, files, figures."""

from access.models.break_glass import BreakGlass, BreakGlassReview
from access.models.budgets import BudgetPortion, RowBudget
from access.models.export_decoys import ExportDecoy
from access.models.exports import Export
from access.models.masked import MaskedDataset
from access.models.requests import GrantUse, Revocation, UsageRequest
from access.models.reviews import PermissionReview, ReviewItem
from access.models.rules import ReadingRule, ReadingRules, ReasonGiven
from access.models.snapshots import AggregateRelease

__all__ = [
    "AggregateRelease",
    "BreakGlass",
    "BreakGlassReview",
    "BudgetPortion",
    "Export",
    "ExportDecoy",
    "GrantUse",
    "MaskedDataset",
    "PermissionReview",
    "ReadingRule",
    "ReadingRules",
    "ReasonGiven",
    "ReviewItem",
    "Revocation",
    "RowBudget",
    "UsageRequest",
]
