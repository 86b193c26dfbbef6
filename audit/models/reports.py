"""Monthly reports as they were written."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class MonthlyReport(models.Model):
    """The figures of a period as they stood when the report was written; a later one does not change an earlier one."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    figures = models.JSONField(_("figures"))
    sha256 = models.CharField(_("hash"), max_length=64)
    made_at = models.DateTimeField(_("made at"))
    made_by_number = models.CharField(_("staff number"), max_length=40)
    made_by_name = models.CharField(_("name of the person"), max_length=200)
    event = models.BigIntegerField(_("event"))

    class Meta:
        verbose_name = _("monthly report")
        verbose_name_plural = _("monthly reports")
        ordering = ("-until", "-made_at")
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="a_report_has_a_period"),
        )

    def __str__(self) -> str:
        return str(self.id)
