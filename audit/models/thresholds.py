"""Thresholds of detectors and working hours of departments: dated rows, superseded and never edited."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

MINUTES_OF_A_DAY = 24 * 60


class Dated(models.QuerySet[Any]):
    """Rows by time."""

    def in_force(self, at: datetime) -> Self:
        """Keep the rows that count at this moment."""
        return self.filter(Q(until=None) | Q(until__gt=at), since__lte=at)


class DetectorLimit(models.Model):
    """One threshold of one detector, from a moment on. What has no row counts as shipped."""

    detector = models.CharField(_("detector"), max_length=40)
    name = models.CharField(_("threshold"), max_length=40)
    number = models.PositiveIntegerField(_("version"), default=1)
    value = models.FloatField(_("value"))
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    shipped = models.BooleanField(_("shipped"), default=False)
    proposal = models.UUIDField(_("proposal"), null=True, blank=True)

    objects = Dated.as_manager()

    class Meta:
        verbose_name = _("threshold of a detector")
        verbose_name_plural = _("thresholds of detectors")
        ordering = ("detector", "name", "number")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=["detector", "name", "number"], name="a_threshold_version_exists_once"
            ),
            models.UniqueConstraint(
                fields=["detector", "name"], condition=Q(until=None), name="one_threshold_is_in_force"
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="a_threshold_is_not_negative"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="a_threshold_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(shipped=True) | Q(proposal__isnull=False), name="a_threshold_is_shipped_or_signed"
            ),
        )

    def __str__(self) -> str:
        return f"{self.detector} {self.name} {self.number}"


class WorkingHours(models.Model):
    """When a department works, in minutes of the local day on half hours; "" is the whole house.

    It closes before it opens where the shift runs past midnight.
    """

    department = models.CharField(_("department"), max_length=32, blank=True)
    number = models.PositiveIntegerField(_("version"), default=1)
    opens = models.PositiveSmallIntegerField(_("work begins"))
    closes = models.PositiveSmallIntegerField(_("work ends"))
    every_day = models.BooleanField(_("on days off as well"), default=False)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    shipped = models.BooleanField(_("shipped"), default=False)
    proposal = models.UUIDField(_("proposal"), null=True, blank=True)

    objects = Dated.as_manager()

    class Meta:
        verbose_name = _("working hours of a department")
        verbose_name_plural = _("working hours of departments")
        ordering = ("department", "number")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(fields=["department", "number"], name="a_version_of_hours_exists_once"),
            models.UniqueConstraint(
                fields=["department"], condition=Q(until=None), name="a_department_has_one_set_of_hours"
            ),
            models.CheckConstraint(
                condition=Q(opens__lt=MINUTES_OF_A_DAY, closes__lte=MINUTES_OF_A_DAY) & ~Q(opens=F("closes")),
                name="work_begins_and_ends_within_a_day",
            ),
            models.CheckConstraint(
                condition=Q(opens__in=range(0, MINUTES_OF_A_DAY, 30))
                & Q(closes__in=range(0, MINUTES_OF_A_DAY + 1, 30)),
                name="work_begins_and_ends_on_half_hours",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="hours_end_after_they_began"
            ),
            models.CheckConstraint(
                condition=Q(shipped=True) | Q(proposal__isnull=False), name="hours_are_shipped_or_signed"
            ),
        )

    def __str__(self) -> str:
        return f"{self.department or '*'} {self.number}"
