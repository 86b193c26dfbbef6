"""Values shown in an emergency although the rules refused them, and what a second person said of it (S2-6)."""

from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

REVIEW_WITHIN = timedelta(days=1)


class BreakGlassUses(models.QuerySet["BreakGlass"]):
    """Uses by their review."""

    def waiting(self) -> Self:
        """Keep those that nobody has reviewed."""
        return self.filter(review__isnull=True)

    def overdue(self, at: datetime) -> Self:
        """Keep those that should have been reviewed by now."""
        return self.waiting().filter(at__lte=at - REVIEW_WITHIN)


class BreakGlass(models.Model):
    """One L3 value that somebody was shown in an emergency. The row never changes."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person_id = models.UUIDField(_("person"))
    person_number = models.CharField(_("staff number"), max_length=32)
    person_name = models.CharField(pgettext_lazy("of a person", "name"), max_length=80)
    department = models.CharField(_("department"), max_length=32)
    customer = models.UUIDField(_("customer"))
    field = models.CharField(_("field"), max_length=40)
    why = models.CharField(_("why it was refused"), max_length=20)
    reason = models.UUIDField(_("sealed reason"))
    event = models.BigIntegerField(_("event"))
    at = models.DateTimeField(_("at"))

    objects = BreakGlassUses.as_manager()

    class Meta:
        verbose_name = _("break-glass use")
        verbose_name_plural = _("break-glass uses")
        ordering = ("-at",)
        default_permissions = ("view",)
        indexes = (models.Index(fields=("person_id", "-at"), name="break_glass_of_a_person"),)

    def __str__(self) -> str:
        return str(self.id)

    @property
    def due_at(self) -> datetime:
        """Until when somebody else has to look at it."""
        return self.at + REVIEW_WITHIN


class BreakGlassReview(models.Model):
    """What somebody else than who used it said: justified or not, with words."""

    use = models.OneToOneField(BreakGlass, models.PROTECT, primary_key=True, related_name="review")
    used_by = models.UUIDField(_("used by"))
    justified = models.BooleanField(_("justified"))
    words = models.UUIDField(_("sealed words"))
    by_id = models.UUIDField(_("reviewed by"))
    by_number = models.CharField(_("staff number"), max_length=32)
    by_name = models.CharField(pgettext_lazy("of a person", "name"), max_length=80)
    at = models.DateTimeField(_("at"))

    class Meta:
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=~Q(by_id=F("used_by")), name="nobody_reviews_their_own_emergency"
            ),
        )

    def __str__(self) -> str:
        return str(self.use_id)
