"""What audits leave behind: findings, cases, audits, decoys."""

from audit.models.radius import BreachRadius, RadiusFile
from audit.models.reports import MonthlyReport

__all__ = ["BreachRadius", "MonthlyReport", "RadiusFile"]
