"""Row budgets, and the portions given beyond them (S4-57)."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.budgets import BUDGETS, CLEAR, DAY, HOUR, LISTS, REASON, TAP


def budgets() -> list[tuple[str, Promise]]:
    """Return what is counted."""
    return [(CLEAR, _("sensitive values in clear")), (LISTS, _("searches and lists"))]


class RowBudgets(models.QuerySet["RowBudget"]):
    """Budgets by time."""

    def in_force(self, at: datetime) -> Self:
        """Keep the budgets that count at this moment."""
        return self.filter(Q(until=None) | Q(until__gt=at), since__lte=at)


class RowBudget(models.Model):
    """How much a role may be shown, of one customer tier or of all. Never edited: a change is a new version."""

    code = models.SlugField(_("code"), max_length=80)
    number = models.PositiveIntegerField(_("version"), default=1)
    budget = models.CharField(_("budget"), max_length=8, choices=budgets)
    role = models.CharField(_("role"), max_length=20)
    tier = models.CharField(_("customer tier"), max_length=20, blank=True)
    per_hour = models.PositiveIntegerField(_("per hour"))
    per_day = models.PositiveIntegerField(_("per day"))
    more_hour = models.PositiveIntegerField(_("portion more in an hour"))
    more_day = models.PositiveIntegerField(_("portion more in a day"))
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    shipped = models.BooleanField(_("shipped"), default=False)
    proposal = models.UUIDField(_("proposal"), null=True, blank=True)

    objects = RowBudgets.as_manager()

    class Meta:
        verbose_name = _("row budget")
        verbose_name_plural = _("row budgets")
        ordering = ("budget", "role", "tier", "number")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(fields=["code", "number"], name="a_budget_version_exists_once"),
            models.UniqueConstraint(
                fields=["budget", "role", "tier"],
                condition=Q(until=None),
                name="one_budget_speaks_about_one_case",
            ),
            models.CheckConstraint(condition=Q(budget__in=BUDGETS), name="a_budget_counts_values_or_lists"),
            models.CheckConstraint(
                condition=~Q(budget=LISTS) | Q(tier=""), name="lists_have_one_budget_for_all_tiers"
            ),
            models.CheckConstraint(
                condition=Q(per_hour__gte=1, per_day__gte=F("per_hour")),
                name="a_day_holds_at_least_an_hour_of_a_budget",
            ),
            models.CheckConstraint(
                condition=Q(more_hour__gte=1, more_day__gte=1), name="a_portion_is_more_than_nothing"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="a_budget_ends_after_it_began"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.number}"


class BudgetPortion(models.Model):
    """More rows for one person in one window: for a typed reason, or by the tap of whoever answers for them."""

    person_id = models.UUIDField(_("person"))
    budget = models.CharField(_("budget"), max_length=8, choices=budgets)
    tier = models.CharField(_("customer tier"), max_length=20, blank=True)
    window = models.CharField(_("window"), max_length=4)
    step = models.CharField(_("step"), max_length=6)
    rows = models.PositiveIntegerField(_("rows"))
    reason = models.UUIDField(_("sealed reason"), null=True, blank=True)
    by_id = models.UUIDField(_("given by"))
    by_number = models.CharField(_("staff number"), max_length=32)
    at = models.DateTimeField(_("at"))

    class Meta:
        default_permissions = ()
        indexes = (models.Index(fields=("person_id", "at"), name="portions_of_a_person"),)
        constraints = (
            models.CheckConstraint(condition=Q(window__in=(HOUR, DAY)), name="a_portion_has_a_window"),
            models.CheckConstraint(
                condition=Q(step=REASON, reason__isnull=False) | Q(step=TAP, reason__isnull=True),
                name="a_portion_has_a_reason_or_is_a_tap",
            ),
            models.CheckConstraint(
                condition=Q(step=REASON, by_id=F("person_id")) | (Q(step=TAP) & ~Q(by_id=F("person_id"))),
                name="nobody_taps_for_themselves",
            ),
        )

    def __str__(self) -> str:
        return f"{self.budget} {self.window} {self.step}"
