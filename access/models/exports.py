"""Exports that wait to be fetched."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from access.models.requests import MOST_CUSTOMERS


class Export(models.Model):
    """An export waiting to be fetched once, by the person who made it, within a day: masked, or under a grant."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person_id = models.UUIDField(_("person"), db_index=True)
    person_number = models.CharField(_("staff number"), max_length=40)
    file = models.UUIDField(_("sealed file"))
    format = models.CharField(_("format"), max_length=8)
    rows = models.PositiveIntegerField(_("rows"))
    event = models.BigIntegerField(_("event"))
    request = models.ForeignKey(
        "access.UsageRequest", models.PROTECT, null=True, blank=True, verbose_name=_("usage request")
    )
    created_at = models.DateTimeField(_("made at"))
    keep_until = models.DateTimeField(_("can be fetched until"))
    fetched_at = models.DateTimeField(_("fetched at"), null=True, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ("-created_at",)
        default_permissions = ("view",)
        constraints = (
            models.CheckConstraint(
                condition=Q(rows__lte=500) | Q(request__isnull=False, rows__lte=MOST_CUSTOMERS),
                name="an_export_holds_500_rows_or_what_was_granted",
            ),
            models.CheckConstraint(
                condition=Q(keep_until__gt=F("created_at")), name="an_export_ends_after_it_was_made"
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
