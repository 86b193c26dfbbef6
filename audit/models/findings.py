"""Findings (S0-41, S0-42): what a detector, an alarm or a report brought up, and patterns that are put aside."""

import uuid
from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.models.cases import EXPLAINED, Case

DETECTOR, ALARM, PROBLEM = "detector", "alarm", "problem"


def sources() -> list[tuple[str, Promise]]:
    """Return where findings come from."""
    return [(DETECTOR, _("detector")), (ALARM, _("alarm")), (PROBLEM, _("reported problem"))]


class Suppressions(models.QuerySet["Suppression"]):
    """Patterns put aside, by time."""

    def active(self, at: datetime) -> Self:
        """Keep those that count at a time."""
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=at), since__lte=at, until__gt=at)


class Suppression(models.Model):
    """A pattern that is put aside until a time, with a sealed reason: one detector, of a person, a department or all.

    What it covers is still recorded as a finding and shown as put aside.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    detector = models.CharField(_("detector"), max_length=40)
    person = models.UUIDField(_("person"), null=True)
    number = models.CharField(_("staff number"), max_length=40, blank=True, default="")
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=80, blank=True, default="")
    department = models.CharField(_("department"), max_length=64, blank=True, default="")
    reason = models.UUIDField(_("reason"))
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    by_id = models.UUIDField()
    by_number = models.CharField(max_length=40)
    by_name = models.CharField(_("put aside by"), max_length=80)
    ended_at = models.DateTimeField(_("ended early at"), null=True)

    objects = Suppressions.as_manager()

    class Meta:
        verbose_name = _("suppressed pattern")
        verbose_name_plural = _("suppressed patterns")
        ordering = ("-since",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(until__gt=F("since")), name="a suppression ends after it begins"
            ),
            models.CheckConstraint(
                condition=Q(person=None) | ~Q(person=F("by_id")), name="nobody suppresses an own pattern"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("since")),
                name="a suppression ends early after it began",
            ),
        )

    def __str__(self) -> str:
        return f"{self.detector} {self.id}"


class Finding(models.Model):
    """Something somebody has to explain: one pattern of one person in one month, one alarm, or one report.

    `key` makes it one however often it is found; what was seen of it is in its `sightings`, the last of which counts.
    What goes on after it was decided is the next `turn` of the same key.
    `code` is a detector or the kind of the alarming event, `event` that event. `person` is whom it is about; nobody
    known where it is about nobody. A finding that is explained at once has its decision here, one in a case has the
    case's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=64)
    turn = models.PositiveSmallIntegerField(default=1)
    source = models.CharField(_("found by"), max_length=10, choices=sources)
    code = models.CharField(_("code"), max_length=80)
    event = models.BigIntegerField(_("event"), null=True)
    person = models.UUIDField(_("person"), null=True)
    number = models.CharField(_("staff number"), max_length=40, blank=True, default="")
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=80, blank=True, default="")
    department = models.CharField(_("department"), max_length=64, blank=True, default="")
    day = models.DateField(_("day"))
    found_at = models.DateTimeField(_("found at"))
    suppression = models.ForeignKey(Suppression, models.PROTECT, null=True, related_name="findings")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="findings")
    joined_at = models.DateTimeField(_("in the case since"), null=True)
    decision = models.CharField(_("decision"), max_length=10, blank=True, default="")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by_id = models.UUIDField(null=True)
    decided_by_number = models.CharField(max_length=40, blank=True, default="")
    decided_by_name = models.CharField(_("decided by"), max_length=80, blank=True, default="")
    words = models.UUIDField(_("words of the decision"), null=True)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ("-found_at", "id")
        default_permissions = ()
        indexes = (
            models.Index(fields=("day",), name="findings_by_day"),
            models.Index(fields=("person", "day"), name="findings_by_person"),
        )
        constraints = (
            models.UniqueConstraint(fields=("key", "turn"), name="what is found again is the same finding"),
            models.UniqueConstraint(
                fields=("event",), condition=Q(event__isnull=False), name="an alarm opens one finding"
            ),
            models.CheckConstraint(
                condition=Q(source__in=(DETECTOR, ALARM, PROBLEM)), name="a finding has a known source"
            ),
            models.CheckConstraint(
                condition=Q(source=DETECTOR) | Q(event__isnull=False), name="an alarm has its event"
            ),
            models.CheckConstraint(
                condition=Q(case=None, joined_at=None) | Q(case__isnull=False, joined_at__isnull=False),
                name="a finding in a case has since when",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None, decided_by_id=None, words=None)
                | Q(
                    decision=EXPLAINED,
                    decided_at__isnull=False,
                    decided_by_id__isnull=False,
                    words__isnull=False,
                    case=None,
                ),
                name="outside a case a finding can only be explained",
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id=None) | Q(person=None) | ~Q(decided_by_id=F("person")),
                name="nobody explains an own finding",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.id}"


class Sighting(models.Model):
    """What one look saw of a finding: its window, score, features and the events that show it.

    A later look that sees more adds a row; the last one counts.
    """

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="sightings")
    at = models.DateTimeField(_("seen at"))
    first = models.DateTimeField(_("first event"))
    last = models.DateTimeField(_("last event"))
    score = models.FloatField(_("score"))
    features = models.JSONField(_("features"), default=dict)
    events = ArrayField(models.BigIntegerField(), verbose_name=_("events"), default=list)
    customers = models.PositiveIntegerField(_("customers"), default=0)
    thresholds = models.JSONField(_("thresholds in force"), default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("sighting of a finding")
        verbose_name_plural = _("sightings of findings")
        ordering = ("finding", "id")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("finding", "digest"), name="the same is seen once of a finding"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="a sighting ends after it begins"),
        )

    def __str__(self) -> str:
        return f"{self.finding_id} {self.at}"
