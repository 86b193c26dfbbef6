"""What reading stands on, and what it leaves: rules, reasons, usage requests, exports, figures, masked data."""

from access.models.exports import Export
from access.models.masked import MaskedDataset
from access.models.requests import GrantUse, Revocation, UsageRequest
from access.models.reviews import PermissionReview, ReviewItem
from access.models.rules import ReadingRule, ReadingRules, ReasonGiven
from access.models.snapshots import AggregateRelease

__all__ = [
    "AggregateRelease",
    "Export",
    "GrantUse",
    "MaskedDataset",
    "PermissionReview",
    "ReadingRule",
    "ReadingRules",
    "ReasonGiven",
    "ReviewItem",
    "Revocation",
    "UsageRequest",
]
