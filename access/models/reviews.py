"""Permission reviews (S0-31): the rights that were live at a moment, and what became of each."""

import uuid
from datetime import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KEEP, NARROW, REVOKE, CLOSED = "keep", "narrow", "revoke", "closed"
LAPSED, OPEN = "lapsed", "open"


def decisions() -> list[tuple[str, Promise]]:
    """Return what can be decided about a right; `closed` is of rights that ended otherwise meanwhile."""
    return [
        (KEEP, _("kept")),
        (NARROW, _("kept until a day")),
        (REVOKE, _("taken away")),
        (CLOSED, _("ended otherwise")),
    ]


class _Period(Func):
    function = "tstzrange"
    output_field = DateTimeRangeField()


class Reviews(models.QuerySet["PermissionReview"]):
    """Reviews by time."""

    def running(self, at: datetime) -> Self:
        """Keep the review whose deadline is still to come."""
        return self.filter(started_at__lte=at, deadline__gt=at)

    def over(self, at: datetime) -> Self:
        """Keep the reviews whose deadline has come."""
        return self.filter(deadline__lte=at)


class PermissionReview(models.Model):
    """One review of every right that was live when it started; silence until `deadline` ends a right."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    started_at = models.DateTimeField(_("started at"))
    deadline = models.DateTimeField(_("deadline"))
    used_since = models.DateTimeField(_("use counted from"))
    started_by_number = models.CharField(_("started by"), max_length=40)
    first_warned_at = models.DateTimeField(_("first warning"), null=True)
    last_warned_at = models.DateTimeField(_("last warning"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)

    objects = Reviews.as_manager()

    class Meta:
        verbose_name = _("permission review")
        verbose_name_plural = _("permission reviews")
        ordering = ("-started_at",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(deadline__gt=F("started_at")), name="a review ends after it started"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("deadline")),
                name="a review closes after its deadline",
            ),
            ExclusionConstraint(
                name="one review runs at a time",
                expressions=[(_Period("started_at", "deadline"), "&&")],
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class Items(models.QuerySet["ReviewItem"]):
    """Rights under review by what became of them."""

    def undecided(self) -> Self:
        """Keep those of which nobody has said anything."""
        return self.filter(decision="")

    def to_end(self, at: datetime) -> Self:
        """Keep what lapsed by silence and was not yet taken away."""
        return self.undecided().filter(review__deadline__lte=at, ended_at__isnull=True)

    def to_verify(self) -> Self:
        """Keep what was taken away and of which the policy was not yet asked."""
        return self.filter(ended_at__isnull=False, verified_at__isnull=True)


class ReviewItem(models.Model):
    """One right of one person, frozen when the review started, and what was decided about it.

    `key` is the right's own row, `which` the role, department, portfolio or customer it is about.
    `ended_at` is when the right was taken away, `verified_at` when the policy was asked and no longer gave it.
    """

    review = models.ForeignKey(PermissionReview, models.PROTECT, related_name="items")
    person = models.ForeignKey("staff.Person", models.PROTECT, related_name="+")
    department = models.ForeignKey("staff.Department", models.PROTECT, related_name="+")
    kind = models.CharField(_("kind of right"), max_length=20)
    key = models.CharField(max_length=40)
    which = models.CharField(max_length=40)
    since = models.DateTimeField(_("held since"), null=True)
    last_used_at = models.DateTimeField(_("last used"), null=True)
    uses = models.PositiveIntegerField(_("uses"), default=0)
    peer_uses = models.FloatField(_("uses of the others"), null=True)
    marks = ArrayField(models.CharField(max_length=20), default=list)
    decision = models.CharField(
        _("what was decided"), max_length=10, blank=True, default="", choices=decisions
    )
    until = models.DateTimeField(_("kept until"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by_id = models.UUIDField(null=True)
    decided_by_number = models.CharField(max_length=40, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    event = models.BigIntegerField(_("event"), null=True)
    ended_at = models.DateTimeField(_("taken away at"), null=True)
    verified_at = models.DateTimeField(_("verified at"), null=True)

    objects = Items.as_manager()

    class Meta:
        verbose_name = _("right under review")
        verbose_name_plural = _("rights under review")
        ordering = ("review", "id")
        default_permissions = ()
        indexes = (
            models.Index(fields=("review", "department", "decision"), name="review_item_by_place"),
            models.Index(fields=("kind", "key"), name="review_item_by_right"),
        )
        constraints = (
            models.UniqueConstraint(fields=("review", "kind", "key"), name="a right is reviewed once"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True, event__isnull=True)
                | Q(
                    decision__in=(KEEP, NARROW, REVOKE, CLOSED), decided_at__isnull=False, event__isnull=False
                ),
                name="a decision has its time and its event",
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True) | ~Q(decided_by_id=F("person_id")),
                name="nobody decides about an own right",
            ),
            models.CheckConstraint(
                condition=Q(decision=NARROW, until__gt=F("decided_at"))
                | ~Q(decision=NARROW) & Q(until__isnull=True),
                name="only a narrowed right has a new end",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | ~Q(decision__in=(KEEP, NARROW)),
                name="a right that was kept is not taken away",
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True) | Q(verified_at__gte=F("ended_at")),
                name="what is verified was taken away before",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    def state(self, at: datetime) -> str:
        """Return the decision, or `open`, or `lapsed` after a deadline at which nobody had decided."""
        return self.decision or (LAPSED if self.review.deadline <= at else OPEN)
