"""Legal holds: values that may not be destroyed before a day, whatever their term says."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Holds(models.QuerySet["Hold"]):
    """Holds by time."""

    def in_force(self, at: datetime) -> Holds:
        """Return the holds that count at a time."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at), since__lte=at, until__gt=at)


class Hold(models.Model):
    """One customer's values, or one field of them, held for a legal matter. Its reason is that of its proposal, sealed.

    `owner` answers for it. Ended early or at `until`, never edited (a trigger holds that).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.UUIDField(_("customer"), db_index=True)
    field = models.CharField(_("field"), max_length=40, blank=True, default="")
    owner_id = models.UUIDField(_("owner"))
    owner_number = models.CharField(_("staff number of the owner"), max_length=32)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"))
    proposal = models.UUIDField(_("proposal"))
    ended_at = models.DateTimeField(_("ended early at"), null=True, blank=True)
    ended_by = models.UUIDField(_("proposal that ended it"), null=True, blank=True)

    objects = Holds.as_manager()

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ("-since",)
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="a hold ends after it began"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="a hold that ended early says by which proposal",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
